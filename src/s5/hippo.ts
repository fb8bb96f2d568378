import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { at } from './vector.js';

/**
 * Eigendecomposition of the normal part of HiPPO-LegS, K - I/2: V diag(lambda) V^H.
 * Eigenvalues ascend by imaginary part; the real parts are all -1/2.
 */
export interface HippoBasis {
  /** N, the size of the matrix. */
  readonly size: number;
  /** Kept eigenvalues: N, or the N/2 of negative imaginary part. */
  readonly kept: number;
  /** [kept] */
  readonly lambdaRe: Float64Array;
  /** [kept] */
  readonly lambdaIm: Float64Array;
  /** [N, kept], orthonormal columns. */
  readonly vRe: Float64Array;
  /** [N, kept] */
  readonly vIm: Float64Array;
}

/** [n, n], skew-symmetric: the normal part of HiPPO-LegS without its diagonal of -1/2. */
export function hippoSkewPart(n: number): Float64Array {
  const k = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < row; column++) {
      const value = Math.sqrt((2 * row + 1) * (2 * column + 1)) / 2;
      k[row * n + column] = -value;
      k[column * n + row] = value;
    }
  }
  return k;
}

/**
 * The eigenvectors and eigenvalues that S5 starts from.
 *
 * @param n Size of the block, at least 1; even with `conjSym`.
 * @param conjSym Whether to keep the first half only, one of each conjugate pair.
 * Source: lindermanlab/S5 s5/ssm_init.py, make_DPLR_HiPPO.
 */
export function hippoBasis(n: number, conjSym: boolean): HippoBasis {
  const kept = conjSym ? n / 2 : n;
  const skew = hippoSkewPart(n);
  // The Hermitian -iK as a real symmetric matrix: v = x + iy is an eigenvector of the first
  // exactly when (x, y) is one of [[0, K], [-K, 0]]; (x, y) and (-y, x) share an eigenvalue.
  const real = new Matrix(2 * n, 2 * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      real.set(row, n + column, at(skew, row * n + column));
      real.set(n + row, column, -at(skew, row * n + column));
    }
  }
  const solved = new EigenvalueDecomposition(real, { assumeSymmetric: true });
  const order = solved.realEigenvalues
    .map((value, index) => ({ value, index }))
    .sort((a, b) => a.value - b.value || a.index - b.index);

  const lambdaIm = new Float64Array(kept);
  const vRe = new Float64Array(n * kept);
  const vIm = new Float64Array(n * kept);
  // Either vector of a pair will do: they differ by a phase, which is fixed below.
  const pairs = order.filter((_, position) => position % 2 === 0).slice(0, kept);
  for (const [column, { value, index }] of pairs.entries()) {
    lambdaIm[column] = value;
    const vector = Float64Array.from(solved.eigenvectorMatrix.getColumn(index));
    const fixed = fixPhase(vector.subarray(0, n), vector.subarray(n));
    for (let row = 0; row < n; row++) {
      vRe[row * kept + column] = at(fixed.re, row);
      vIm[row * kept + column] = at(fixed.im, row);
    }
  }
  return { size: n, kept, lambdaRe: new Float64Array(kept).fill(-0.5), lambdaIm, vRe, vIm };
}

/** The vector scaled to length 1 and turned until its largest element is real and positive. */
function fixPhase(
  re: Float64Array,
  im: Float64Array,
): { readonly re: Float64Array; readonly im: Float64Array } {
  const squares = re.map((x, i) => x * x + at(im, i) * at(im, i));
  const norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  // The first of nearly equal ones, so that a rounding does not decide.
  const threshold = 0.999 * squares.reduce((most, square) => Math.max(most, square), 0);
  const pivot = squares.findIndex((square) => square >= threshold);
  const scale = norm * Math.sqrt(at(squares, pivot));
  const turnRe = at(re, pivot) / scale;
  const turnIm = -at(im, pivot) / scale;
  return {
    re: re.map((x, i) => x * turnRe - at(im, i) * turnIm),
    im: re.map((x, i) => x * turnIm + at(im, i) * turnRe),
  };
}
