import { at } from '../../float/s5/vector.js';

/** The rows in reverse order. */
export function reverse(x: Float64Array, out: Float64Array, rows: number, width: number): void {
  for (let r = 0; r < rows; r++) {
    for (let h = 0; h < width; h++) out[r * width + h] = at(x, (rows - 1 - r) * width + h);
  }
}

/** Adds dOut, its rows in reverse order, to the gradient of x. */
export function reverseGradient(
  dOut: Float64Array,
  dX: Float64Array,
  rows: number,
  width: number,
): void {
  for (let r = 0; r < rows; r++) {
    for (let h = 0; h < width; h++) {
      const i = r * width + h;
      dX[i] = at(dX, i) + at(dOut, (rows - 1 - r) * width + h);
    }
  }
}
