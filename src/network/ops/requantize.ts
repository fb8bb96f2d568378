import * as z from 'zod';
import { oneOrEach } from '../../base/at.js';
import { maxMagnitude, saturateTo, type Range } from '../../base/fixed/range.js';
import { rescale } from '../../base/fixed/requantize.js';
import { at as element } from '../../float/s5/vector.js';
import type { FloatRequantize } from '../graph/types.js';
import type { RequantizeNode } from '../types.js';
import { alike, oneOrAll } from './checks.js';
import { integers, reader, rounding, shift } from './fields.js';
import { wholeRange } from './ranges.js';
import { clip, rounded } from './relax.js';
import type { Bounds, FloatTraces, OpSpec, Step, Trace } from './spec.js';

/** q = saturate(round((acc * multiplier + offset) / 2^shift)). */
export const requantize = {
  schema: z.strictObject({
    ...{ op: z.literal('requantize'), ...reader, multiplier: integers, offset: integers },
    ...{ shift, rounding },
  }),
  sources: ({ source }) => [source],
  problem: (node, nodeOf) =>
    alike(node, nodeOf(node.source)) ??
    oneOrAll('multiplier', node.multiplier.length, node.length) ??
    oneOrAll('offset', node.offset.length, node.length),
  elements: wholeRange,
  saturates: true,
  proved(node, before) {
    const max = maxMagnitude(node.format.width);
    return unclipped(node, before).every(({ lo, hi }) => lo >= -max && hi <= max);
  },
  step,
  quantisers: ({ format }) => [{ what: 'words', width: format.width }],
  readWeights: () => undefined,
  weights: () => undefined,
  float,
  relaxed(node, real, { trace, node: nodeOf }, on) {
    const x = trace(node.source);
    if (on.words) return requantized(node, x);
    // In units of the formats, so that exact factors stay exact.
    const from = nodeOf(node.source).format.scale;
    const to = node.format.scale;
    return affine(
      x,
      (h) => (oneOrEach(real.gain, h) * oneOrEach(from, h)) / oneOrEach(to, h),
      (h) => oneOrEach(real.offset, h) / oneOrEach(to, h),
    );
  },
} satisfies OpSpec<RequantizeNode>;

function float({ source, gain, offset }: FloatRequantize, { trace }: FloatTraces) {
  return affine(
    trace(source),
    (h) => oneOrEach(gain, h),
    (h) => oneOrEach(offset, h),
  );
}

/** Every vector times a gain, plus an offset, element by element. */
function affine(
  { data, width: length }: Trace,
  gainOf: (h: number) => number,
  offsetOf: (h: number) => number,
): Float64Array {
  const gains = Float64Array.from({ length }, (_, h) => gainOf(h));
  const offsets = Float64Array.from({ length }, (_, h) => offsetOf(h));
  const result = new Float64Array(data.length);
  for (let from = 0; from < data.length; from += length) {
    for (let h = 0; h < length; h++) {
      result[from + h] = element(data, from + h) * element(gains, h) + element(offsets, h);
    }
  }
  return result;
}

/** Bounds of each element before it is clipped. */
export function unclipped(node: RequantizeNode, { elements }: Bounds): Range[] {
  const { multiplier, offset, shift: by, rounding: rule } = node;
  return elements(node.source).map(({ lo, hi }, h) => {
    const m = oneOrEach(multiplier, h);
    const b = oneOrEach(offset, h);
    const ends = [lo, hi].map((acc) => rescale(acc, m, b, by, rule));
    return { lo: Math.min(...ends), hi: Math.max(...ends) };
  });
}

function step(node: RequantizeNode, onClip: () => void): Step {
  const { multiplier, offset, shift: by, rounding: rule } = node;
  const saturate = saturateTo(node.format.width, onClip);
  return (vectors) =>
    vectors(node.source).map((acc, h) =>
      saturate(rescale(acc, oneOrEach(multiplier, h), oneOrEach(offset, h), by, rule)),
    );
}

function requantized(node: RequantizeNode, { data, width }: Trace): Float64Array {
  const { multiplier, offset, shift: by, rounding: rule } = node;
  const max = maxMagnitude(node.format.width);
  return data.map((acc, i) => {
    const m = oneOrEach(multiplier, i % width);
    const b = oneOrEach(offset, i % width);
    if (Number.isInteger(acc)) return clip(rescale(acc, m, b, by, rule), max);
    return clip(rounded((acc * m + b) / 2 ** by, rule), max);
  });
}
