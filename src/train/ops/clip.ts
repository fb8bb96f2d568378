import { at } from '../../float/s5/vector.js';

/**
 * The gradient of words that saturate: 0 where the magnitude of a value is at its limit.
 *
 * @param limit one row: largest magnitude of each element.
 */
export function clipGradient(
  value: Float64Array,
  limit: Float64Array,
  dOut: Float64Array,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) {
    if (Math.abs(at(value, i)) >= at(limit, i % width)) dOut[i] = 0;
  }
}
