import { at } from '../../float/s5/vector.js';

/**
 * out = mask x, elementwise in a row of `width` words. All rows of a sequence have one mask, as in
 * S5, whose words are 0 or 1 / (1 - rate).
 */
export function dropout(
  x: Float64Array,
  mask: Float64Array,
  out: Float64Array,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) out[i] = at(mask, i % width) * at(x, i);
}

/** Adds mask dOut to the gradient of x. */
export function dropoutGradient(
  mask: Float64Array,
  dOut: Float64Array,
  dX: Float64Array,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) dX[i] = at(dX, i) + at(mask, i % width) * at(dOut, i);
}
