import { Qs5Error } from '../../base/errors.js';

/** Sequences for calibration and evaluation. */
export interface Dataset {
  /** Number of sequences, at least 1. */
  readonly count: number;
  /** Steps of every sequence, at least 1. */
  readonly length: number;
  /** Input channels of every step, at least 1. */
  readonly inputs: number;
  /**
   * Sequence `i` as [length, inputs], row-major, equal at every call.
   *
   * @throws RangeError unless 0 <= i < count.
   */
  readonly sequence: (i: number) => Float64Array;
  /** Class of sequence `i`, 0 to outputs - 1; undefined without labels. */
  readonly label: (i: number) => number | undefined;
  /**
   * Targets of sequence `i`, for regression: [length, outputs] for every step, or [outputs] for the
   * pooled sequence or its last step.
   */
  readonly target?: (i: number) => Float64Array;
}

/** The sizes of a model, for checks of a dataset. */
export interface ModelPorts {
  readonly inputs: number;
  /** Number of outputs and of classes. */
  readonly outputs: number;
  /** True for an output every step, false for one per sequence. */
  readonly everyStep: boolean;
}

/** @throws RangeError unless `i` is the index of a sequence */
export function checkIndex(i: number, count: number): void {
  if (!Number.isInteger(i) || i < 0 || i >= count) {
    throw new RangeError(`sequence ${i} of ${count}`);
  }
}

/**
 * @param subject Name of the labels in messages.
 * @throws E_DATASET for a label outside the classes of a model with that number of outputs.
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
    message: `The label of sequence ${wrong} is ${labels[wrong] ?? NaN}; expected ${classes}, because the model has ${outputs} output${outputs === 1 ? '' : 's'}.`,
    hint: 'classes count from 0, one for each output; use the labels that the model was trained with.',
  });
}

/** True for an integer from 0 to limit - 1. */
export function isIndex(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < limit;
}
