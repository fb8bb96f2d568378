import { inputNode } from '../network/types.js';
import type { Quantized } from '../network/quantize/builder.js';
import type { InputClipping } from '../network/quantize/input_words.js';
import type { Watch } from '../network/quantize/watch.js';
import type { ModelInput } from './model_input.js';

/** The integers that become hardware, and their input for a test sequence of some length. */
export interface Part extends Quantized {
  /** Integer vectors, one per step. */
  readonly words: (sequence: Float64Array, length: number) => Float64Array[];
  /** The real values of those words, [L, width]. */
  readonly values: (sequence: Float64Array, length: number) => Float64Array;
  /** The values that saturate on the way to words. */
  readonly clipping: (sequence: Float64Array, length: number) => InputClipping;
}

export interface PartRequest {
  /** A network that was quantised before, in place of one to be calibrated. */
  readonly stored?: Quantized | undefined;
  readonly watch?: Watch | undefined;
}

/** A quantised network with its input. */
export function partOf(quantized: Quantized, { values, words, clipping }: ModelInput): Part {
  const input = inputNode(quantized.network);
  return {
    ...quantized,
    values,
    words: (sequence, length) => words(input, sequence, length),
    clipping: (sequence, length) => clipping(input, sequence, length),
  };
}
