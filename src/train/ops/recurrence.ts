import { at } from '../../float/s5/vector.js';

/**
 * x_k = lambdaBar x_{k-1} + drive_k for every row k. A row holds (re, im) of each state in turn.
 *
 * @param carry x before the first row, and x of the last row afterwards.
 * @param width words of a row, 2 per state.
 */
export function recurrence(
  drive: Float64Array,
  lambdaBar: Float64Array,
  carry: Float64Array,
  out: Float64Array,
  rows: number,
  width: number,
): void {
  for (let n = 0; n < width; n += 2) {
    const poleRe = at(lambdaBar, n);
    const poleIm = at(lambdaBar, n + 1);
    let re = at(carry, n);
    let im = at(carry, n + 1);
    for (let i = n; i < rows * width; i += width) {
      const next = poleRe * re - poleIm * im + at(drive, i);
      im = poleRe * im + poleIm * re + at(drive, i + 1);
      re = next;
      out[i] = re;
      out[i + 1] = im;
    }
    carry[n] = re;
    carry[n + 1] = im;
  }
}

/**
 * The adjoint scan, from the last row to the first: a_k = dOut_k + conj(lambdaBar) a_{k+1}. Adds
 * a_k to the gradient of the drive, and conj(x_{k-1}) a_k to that of lambdaBar.
 *
 * @param before x before the first row; `out` holds the others.
 * @param carry a of the row after the last, and a of the first row afterwards.
 */
export function recurrenceGradient(
  lambdaBar: Float64Array,
  before: Float64Array,
  out: Float64Array,
  dOut: Float64Array,
  carry: Float64Array,
  dDrive: Float64Array,
  dLambdaBar: Float64Array,
  rows: number,
  width: number,
): void {
  for (let n = 0; n < width; n += 2) {
    const poleRe = at(lambdaBar, n);
    const poleIm = at(lambdaBar, n + 1);
    let re = at(carry, n);
    let im = at(carry, n + 1);
    for (let r = rows - 1; r >= 0; r--) {
      const i = r * width + n;
      const next = at(dOut, i) + poleRe * re + poleIm * im;
      im = at(dOut, i + 1) + poleRe * im - poleIm * re;
      re = next;
      dDrive[i] = at(dDrive, i) + re;
      dDrive[i + 1] = at(dDrive, i + 1) + im;
      const pastRe = r === 0 ? at(before, n) : at(out, i - width);
      const pastIm = r === 0 ? at(before, n + 1) : at(out, i - width + 1);
      dLambdaBar[n] = at(dLambdaBar, n) + re * pastRe + im * pastIm;
      dLambdaBar[n + 1] = at(dLambdaBar, n + 1) + im * pastRe - re * pastIm;
    }
    carry[n] = re;
    carry[n + 1] = im;
  }
}
