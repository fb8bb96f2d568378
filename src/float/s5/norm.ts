import type { PreparedNorm } from './prepare.js';
import { at } from './vector.js';

/** Every step of `x` [L, width] normalised, as a new array. */
export function applyNorm(x: Float64Array, width: number, norm: PreparedNorm): Float64Array {
  const result = new Float64Array(x.length);
  const { gain, offset } = norm;
  for (let from = 0; from < x.length; from += width) {
    let mean = 0;
    let inverse = 1;
    if (norm.kind === 'layer') {
      for (let h = 0; h < width; h++) mean += at(x, from + h);
      mean /= width;
      let variance = 0;
      for (let h = 0; h < width; h++) variance += (at(x, from + h) - mean) ** 2;
      inverse = 1 / Math.sqrt(variance / width + norm.eps);
    }
    for (let h = 0; h < width; h++) {
      result[from + h] = (at(x, from + h) - mean) * inverse * at(gain, h) + at(offset, h);
    }
  }
  return result;
}
