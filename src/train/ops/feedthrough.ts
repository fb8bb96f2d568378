import { at } from '../../float/s5/vector.js';

/** out = sum + d u, elementwise in a row of `width` words. */
export function feedthrough(
  sum: Float64Array,
  u: Float64Array,
  d: Float64Array,
  out: Float64Array,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) out[i] = at(sum, i) + at(d, i % width) * at(u, i);
}

/** Adds dOut to the gradient of the sum, d dOut to that of u, and u dOut to that of d. */
export function feedthroughGradient(
  u: Float64Array,
  d: Float64Array,
  dOut: Float64Array,
  dSum: Float64Array,
  dU: Float64Array,
  dD: Float64Array,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) {
    const h = i % width;
    dSum[i] = at(dSum, i) + at(dOut, i);
    dU[i] = at(dU, i) + at(d, h) * at(dOut, i);
    dD[h] = at(dD, h) + at(u, i) * at(dOut, i);
  }
}
