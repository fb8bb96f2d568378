import { at } from '../../float/s5/vector.js';
/** L of a symmetric positive definite matrix L L'; all matrices are row-major. */
export interface Cholesky {
  /** [size, size], lower triangular. */
  readonly lower: Float64Array;
  /** X of L L' X = B; both [size, columns]. */
  readonly solve: (rhs: Float64Array, columns: number) => Float64Array;
  /** The inverse of L L', [size, size]. */
  readonly inverse: () => Float64Array;
}

/**
 * Matrices of thousands of rows: everything runs along rows in memory, several terms at once, and
 * every sum in the order of its textbook loop.
 *
 * @param matrix [size, size], symmetric. Where it is not positive definite the diagonal of L has
 * zeros, and nothing can be solved: an Error.
 */
export function cholesky(matrix: Float64Array, size: number): Cholesky {
  const lower = factor(matrix, size);
  const solveTo = (rhs: Float64Array, columns: number, lengthOf: (row: number) => number) => {
    for (let k = 0; k < size; k++) {
      if (!(at(lower, k * (size + 1)) > 0)) throw new Error('the matrix is not positive definite');
    }
    const x = rhs.slice();
    for (let k = 0; k < size; k++) {
      subtractRows(x, columns, k, 0, k, lengthOf(k), (i) => at(lower, k * size + i));
      divideRow(x, columns, k, at(lower, k * size + k));
    }
    for (let k = size - 1; k >= 0; k--) {
      subtractRows(x, columns, k, k + 1, size, columns, (i) => at(lower, i * size + k));
      divideRow(x, columns, k, at(lower, k * size + k));
    }
    return x;
  };
  return {
    lower,
    solve: (rhs, columns) => solveTo(rhs, columns, () => columns),
    inverse() {
      const unit = new Float64Array(size * size);
      for (let n = 0; n < size; n++) unit[n * (size + 1)] = 1;
      // On the way down, columns beyond the diagonal are still 0.
      return solveTo(unit, size, (row) => row);
    },
  };
}

function factor(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    const own = lower.subarray(j * size, (j + 1) * size);
    let squares = 0;
    for (let k = 0; k < j; k++) {
      const other = lower.subarray(k * size, k * size + k);
      let sum = 0;
      for (let i = 0; i < k; i++) sum += at(other, i) * at(own, i);
      const value = (at(matrix, j * size + k) - sum) / at(lower, k * size + k);
      own[k] = value;
      squares += value * value;
    }
    own[j] = Math.sqrt(Math.max(at(matrix, j * size + j) - squares, 0));
  }
  return lower;
}

/** Row k less factor(i) times row i for each i from `from` up to `to`, in that order. */
function subtractRows(
  x: Float64Array,
  columns: number,
  k: number,
  from: number,
  to: number,
  length: number,
  factorOf: (i: number) => number,
): void {
  const row = (i: number) => x.subarray(i * columns, i * columns + length);
  const target = row(k);
  let i = from;
  for (; i + 3 < to; i += 4) {
    const [a, b, c, d] = [row(i), row(i + 1), row(i + 2), row(i + 3)];
    const [fa, fb, fc, fd] = [factorOf(i), factorOf(i + 1), factorOf(i + 2), factorOf(i + 3)];
    for (let j = 0; j < length; j++) {
      target[j] = at(target, j) - at(a, j) * fa - at(b, j) * fb - at(c, j) * fc - at(d, j) * fd;
    }
  }
  for (; i < to; i++) {
    const other = row(i);
    const f = factorOf(i);
    for (let j = 0; j < length; j++) target[j] = at(target, j) - at(other, j) * f;
  }
}

function divideRow(x: Float64Array, columns: number, k: number, divisor: number): void {
  for (let j = k * columns; j < (k + 1) * columns; j++) x[j] = at(x, j) / divisor;
}
