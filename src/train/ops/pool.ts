import { at } from '../../float/s5/vector.js';

/** Adds `weight` times every row to the one row `out`: 1 / L for the mean over L rows. */
export function pool(
  x: Float64Array,
  out: Float64Array,
  weight: number,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) {
    const h = i % width;
    out[h] = at(out, h) + weight * at(x, i);
  }
}

/** Adds `weight` times dOut to the gradient of every row. */
export function poolGradient(
  dOut: Float64Array,
  dX: Float64Array,
  weight: number,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) dX[i] = at(dX, i) + weight * at(dOut, i % width);
}
