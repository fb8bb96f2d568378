import { maxMagnitude } from '../../base/fixed/range.js';
import type { Node } from '../types.js';
import { isClipped } from './clipping.js';
import { quantizeValue } from './scales.js';

/** Real values of the input, compared with their words. */
export interface InputClipping {
  /** Words that saturated: their nearest integer is beyond the largest magnitude. */
  readonly clipped: number;
  readonly words: number;
  /** Largest magnitude, as a part of what the words cover; more than 1 where any saturated. */
  readonly reach: number;
}

/** An input that is exact, like an index. */
export function exactInput(words: number): InputClipping {
  return { clipped: 0, words, reach: 0 };
}

/** Vectors of a sequence [L, width] as words of the input node, one per step. */
export function inputWords(values: Float64Array, { length: width, format }: Node): Float64Array[] {
  const words = wordsOf(values, format);
  return Array.from({ length: values.length / width }, (_, step) =>
    words.slice(step * width, (step + 1) * width),
  );
}

/** Values as words of a format with one scale. */
export function wordsOf(values: Float64Array, format: Node['format']): Float64Array {
  const [scale = 1] = format.scale;
  return values.map((value) => quantizeValue(value, scale, format.width));
}

/** The words that saturate in `inputWords`. */
export function inputClipping(values: Float64Array, { format }: Node): InputClipping {
  const [scale = 1] = format.scale;
  const max = maxMagnitude(format.width);
  let clipped = 0;
  let reach = 0;
  for (const value of values) {
    reach = Math.max(reach, Math.abs(value) / scale / max);
    if (isClipped(value / scale, format.width)) clipped += 1;
  }
  return { clipped, words: values.length, reach };
}

/** The clipping of several sequences together. */
export function joinClippings(all: readonly InputClipping[]): InputClipping {
  return all.reduce(
    (a, b) => ({
      clipped: a.clipped + b.clipped,
      words: a.words + b.words,
      reach: Math.max(a.reach, b.reach),
    }),
    exactInput(0),
  );
}
