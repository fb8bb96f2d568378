import { at } from '../../float/s5/vector.js';

/** Columns of C that one direction reads, of rows of `total` complex numbers. */
export interface OutputColumns {
  readonly features: number;
  readonly total: number;
  readonly first: number;
  readonly count: number;
  /** 2 with conjugate symmetry, else 1. */
  readonly factor: number;
}

/** [H, 2P] with (factor Re C, -factor Im C) per state, so that a row times (re, im) is factor Re(C x). */
export function outputMatrix(c: Float64Array, columns: OutputColumns): Float64Array {
  const { features, total, first, count, factor } = columns;
  const matrix = new Float64Array(features * 2 * count);
  for (let h = 0; h < features; h++) {
    for (let s = 0; s < count; s++) {
      const from = 2 * (h * total + first + s);
      const to = 2 * (h * count + s);
      matrix[to] = factor * at(c, from);
      matrix[to + 1] = -factor * at(c, from + 1);
    }
  }
  return matrix;
}

/** Adds the gradient of C's columns from the gradient of the matrix. */
export function outputMatrixGradient(
  dMatrix: Float64Array,
  dC: Float64Array,
  columns: OutputColumns,
): void {
  const { features, total, first, count, factor } = columns;
  for (let h = 0; h < features; h++) {
    for (let s = 0; s < count; s++) {
      const from = 2 * (h * count + s);
      const to = 2 * (h * total + first + s);
      dC[to] = at(dC, to) + factor * at(dMatrix, from);
      dC[to + 1] = at(dC, to + 1) - factor * at(dMatrix, from + 1);
    }
  }
}
