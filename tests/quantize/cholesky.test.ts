import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { cholesky } from '../../src/network/quantize/cholesky.js';
import { randomStream } from '../../src/base/random.js';

/** A x A' + size: symmetric to the bit and well conditioned. */
function positiveDefinite(size: number): Float64Array {
  const { normal } = randomStream(size);
  const a = Array.from({ length: size }, () => Array.from({ length: size }, normal));
  const matrix = new Float64Array(size * size);
  for (let m = 0; m < size; m++) {
    for (let n = 0; n <= m; n++) {
      const dot = a[m]?.reduce((sum, x, i) => sum + x * (a[n]?.[i] ?? 0), m === n ? size : 0) ?? 0;
      matrix[m * size + n] = dot;
      matrix[n * size + m] = dot;
    }
  }
  return matrix;
}

describe('Cholesky', () => {
  test.each([1, 2, 3, 4, 5, 8, 13, 31])('size %i: every bit is that of ml-matrix', (size) => {
    const matrix = positiveDefinite(size);
    const wanted = new CholeskyDecomposition(Matrix.from1DArray(size, size, [...matrix]));
    const found = cholesky(matrix, size);
    expect([...found.lower]).toEqual(wanted.lowerTriangularMatrix.to1DArray());
    expect([...found.inverse()]).toEqual(wanted.solve(Matrix.eye(size)).to1DArray());
    const columns = 3;
    const rhs = Float64Array.from({ length: size * columns }, randomStream(1).normal);
    const solved = wanted.solve(Matrix.from1DArray(size, columns, [...rhs]));
    expect([...found.solve(rhs, columns)]).toEqual(solved.to1DArray());
  });

  test('nothing can be solved where the matrix is not positive definite', () => {
    const found = cholesky(Float64Array.of(1, 2, 2, 1), 2);
    expect(found.lower[3]).toBe(0);
    expect(() => found.solve(Float64Array.of(1, 1), 1)).toThrow('not positive definite');
  });
});
