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
 * The eigenvectors and eigenvalues that S5 starts from, in O(N^2): both have closed forms.
 *
 * With a_r = r + 1/2, row r of K v = i w v reads sqrt(a_r) t_r = (i w + a_r) v_r, where t_r is what
 * the rows from r on sum to less what those before it do. So t_{r+1} / t_r = (i w - a_r) / (i w + a_r),
 * of magnitude 1, and t_N = -t_0. The phases of those factors add up to that for
 *
 *   sum over r of atan(a_r / |w|) = (j + 1/2) pi,   j = 0, 1, ...
 *
 * @param n Size of the block, at least 1; even with `conjSym`.
 * @param conjSym true to keep the first half only, one of each conjugate pair.
 * Source: lindermanlab/S5 s5/ssm_init.py, make_DPLR_HiPPO, which solves for them.
 */
export function hippoBasis(n: number, conjSym: boolean): HippoBasis {
  const kept = conjSym ? n / 2 : n;
  const magnitudes = frequencies(n);
  const lambdaIm = new Float64Array(kept);
  const vRe = new Float64Array(n * kept);
  const vIm = new Float64Array(n * kept);
  for (let column = 0; column < kept; column++) {
    // Conjugate pairs: the second half mirrors the first.
    const w = column < magnitudes.length ? -at(magnitudes, column) : at(magnitudes, n - 1 - column);
    lambdaIm[column] = w;
    const vector = eigenvector(n, w);
    const fixed = fixPhase(vector.re, vector.im);
    for (let row = 0; row < n; row++) {
      vRe[row * kept + column] = at(fixed.re, row);
      vIm[row * kept + column] = at(fixed.im, row);
    }
  }
  return { size: n, kept, lambdaRe: new Float64Array(kept).fill(-0.5), lambdaIm, vRe, vIm };
}

/** Most Newton steps for one root; up to 22 are taken for n up to 2048. */
const MOST_STEPS = 100;

/** |w| of the eigenvalues with w <= 0, descending: [ceil(n / 2)]. */
function frequencies(n: number): Float64Array {
  const found = new Float64Array(Math.ceil(n / 2));
  // As a function of 1 / |w| the sum of phases is concave and rises: Newton steps that begin below
  // a root stay below it, and the last root is below the next.
  let inverse = 0;
  for (let j = 0; j < Math.floor(n / 2); j++) {
    let rising = true;
    for (let step = 0; rising && step < MOST_STEPS; step++) {
      let missing = (j + 0.5) * Math.PI;
      let slope = 0;
      for (let r = 0; r < n; r++) {
        const ratio = (r + 0.5) * inverse;
        missing -= Math.atan(ratio);
        slope += (r + 0.5) / (1 + ratio * ratio);
      }
      const next = inverse + missing / slope;
      rising = next > inverse;
      if (rising) inverse = next;
    }
    if (rising) throw new Error(`root ${j} of ${n} is not found in ${MOST_STEPS} steps`);
    found[j] = 1 / inverse;
  }
  // The middle one of an odd number is 0, which no 1 / |w| reaches.
  return found;
}

/** The eigenvector of i w: v_r = sqrt(a_r) t_r / (i w + a_r) from t_0 = 1. */
function eigenvector(
  n: number,
  w: number,
): { readonly re: Float64Array; readonly im: Float64Array } {
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  let [tRe, tIm] = [1, 0];
  for (let r = 0; r < n; r++) {
    const a = r + 0.5;
    const size = a * a + w * w;
    const root = Math.sqrt(a);
    re[r] = (root * (a * tRe + w * tIm)) / size;
    im[r] = (root * (a * tIm - w * tRe)) / size;
    const turnRe = (w * w - a * a) / size;
    const turnIm = (2 * a * w) / size;
    [tRe, tIm] = [tRe * turnRe - tIm * turnIm, tRe * turnIm + tIm * turnRe];
  }
  return { re, im };
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
