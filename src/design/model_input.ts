import type { Config } from '../config/schema.js';
import { indicesOf } from '../float/dataset/one_hot.js';
import type { Node } from '../network/types.js';
import {
  exactInput,
  inputClipping,
  inputWords,
  type InputClipping,
} from '../network/quantize/input_words.js';
import { observeUntilSsm } from '../float/s5/forward.js';
import type { PreparedModel } from '../float/s5/prepare.js';

/** The way from a test sequence of some length to the words of an input node. */
export interface ModelInput {
  /** The real values that enter, [L, width]. */
  readonly values: (sequence: Float64Array, length: number) => Float64Array;
  /** Integer vectors, one per step. */
  readonly words: (input: Node, sequence: Float64Array, length: number) => Float64Array[];
  /** The values that saturate on the way to words. */
  readonly clipping: (input: Node, sequence: Float64Array, length: number) => InputClipping;
}

/** The input of a whole network: its sequences. */
export function networkInput(config: Config, { inputs }: PreparedModel['shape']): ModelInput {
  if (config.input !== 'one_hot') return valuesInput((sequence) => sequence);
  return {
    values: (sequence) => Float64Array.from(indicesOf(sequence, inputs)),
    words: (_input, sequence) => indicesOf(sequence, inputs).map((index) => Float64Array.of(index)),
    clipping: (_input, sequence) => exactInput(sequence.length / inputs),
  };
}

/** The input of the SSM core of a layer: the tensor that the float network has there. */
export function coreInput(model: PreparedModel, layer: number): ModelInput {
  // With batch norm folded in, the residual stream enters; else what the norm yields.
  const { prenorm, norm } = model.shape;
  const wanted = prenorm && norm === 'layer' ? 'u' : 'layer_input';
  return valuesInput((sequence, length) => {
    let found: Float64Array = new Float64Array();
    observeUntilSsm(model, sequence, length, layer, (at, tensor, data) => {
      if (at === layer && tensor === wanted) found = data;
    });
    return found;
  });
}

/** An input of real values that are rounded to words. */
function valuesInput(values: ModelInput['values']): ModelInput {
  return {
    values,
    words: (input, sequence, length) => inputWords(values(sequence, length), input),
    clipping: (input, sequence, length) => inputClipping(values(sequence, length), input),
  };
}
