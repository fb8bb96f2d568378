import { Qs5Error } from '../errors.js';

/** Sequences to calibrate and evaluate a model with. */
export interface Dataset {
  /** Number of sequences, at least 1. */
  readonly count: number;
  /** Steps of every sequence, at least 1. */
  readonly length: number;
  /** Input channels of every step, at least 1. */
  readonly inputs: number;
  /**
   * Sequence `i` as [length, inputs], row-major, the same at every call.
   *
   * @throws RangeError unless 0 <= i < count.
   */
  readonly sequence: (i: number) => Float64Array;
  /** Class of sequence `i`, 0 to outputs - 1; undefined when the dataset has no labels. */
  readonly label: (i: number) => number | undefined;
  /**
   * Outputs wanted of sequence `i`, for regression: [length, outputs] of every step, or [outputs]
   * of the pooled sequence or of its last step.
   */
  readonly target?: (i: number) => Float64Array;
}

/** The sizes of a model, which a dataset must fit. */
export interface ModelPorts {
  readonly inputs: number;
  /** Outputs, and so classes. */
  readonly outputs: number;
  /** Whether there is an output every step, not one per sequence. */
  readonly everyStep: boolean;
}

/** Throws RangeError unless `i` is the index of a sequence. */
export function checkIndex(i: number, count: number): void {
  if (!Number.isInteger(i) || i < 0 || i >= count) {
    throw new RangeError(`sequence ${i} of ${count}`);
  }
}

/**
 * @param subject The labels as messages show them.
 * @throws E_DATASET for a label that is no class of a model with so many outputs.
 */
export function checkClasses(
  labels: Float64Array | Uint8Array,
  outputs: number,
  subject: string,
): void {
  const wrong = labels.findIndex((label) => !isIndex(label, outputs));
  if (wrong < 0) return;
  const classes = outputs === 1 ? '0' : `an integer from 0 to ${outputs - 1}`;
  throw new Qs5Error('E_DATASET', {
    subject,
    message: `The label of sequence ${wrong} is ${labels[wrong] ?? NaN}; wanted is ${classes}, as the model has ${outputs} output${outputs === 1 ? '' : 's'}.`,
    hint: 'classes count from 0, one for each output; use the labels that the model was trained with.',
  });
}

/** Whether a value is an integer from 0 to limit - 1. */
export function isIndex(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < limit;
}
