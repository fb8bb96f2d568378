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
  /** Class of sequence `i`, an integer from 0; undefined when the dataset has no labels. */
  readonly label: (i: number) => number | undefined;
  /** Outputs wanted of sequence `i`, [outputs] or [length, outputs]; for regression. */
  readonly target?: (i: number) => Float64Array;
}

/** Throws RangeError unless `i` is the index of a sequence. */
export function checkIndex(i: number, count: number): void {
  if (!Number.isInteger(i) || i < 0 || i >= count) {
    throw new RangeError(`sequence ${i} of ${count}`);
  }
}
