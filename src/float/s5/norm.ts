import type { PreparedNorm } from './prepare.js';
import { at } from './vector.js';

/** Every step of `x` [L, width] normalised, as a new array. */
export function applyNorm(x: Float64Array, width: number, norm: PreparedNorm): Float64Array {
  const result = new Float64Array(x.length);
  const { gain, offset } = norm;
  for (let from = 0; from < x.length; from += width) {
    const step = x.subarray(from, from + width);
    const values = norm.kind === 'layer' ? normalised(step, norm.eps) : step;
    for (let h = 0; h < width; h++) {
      result[from + h] = at(values, h) * at(gain, h) + at(offset, h);
    }
  }
  return result;
}

/** The vector less its mean, over its standard deviation. */
export function normalised(x: Float64Array, eps: number): Float64Array {
  let mean = 0;
  for (let h = 0; h < x.length; h++) mean += at(x, h);
  mean /= x.length;
  let variance = 0;
  for (let h = 0; h < x.length; h++) variance += (at(x, h) - mean) ** 2;
  const inverse = 1 / Math.sqrt(variance / x.length + eps);
  return x.map((value) => (value - mean) * inverse);
}
