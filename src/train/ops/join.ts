import { at } from '../../float/s5/vector.js';

/** Rows of complex numbers side by side: re and im of a, re and im of b of each number in turn. */
export function join(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) {
    const to = 2 * i - (i % 2);
    out[to] = at(a, i);
    out[to + 2] = at(b, i);
  }
}

/** Adds each half of dOut to the gradient of a or b. */
export function joinGradient(
  dOut: Float64Array,
  dA: Float64Array,
  dB: Float64Array,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) {
    const from = 2 * i - (i % 2);
    dA[i] = at(dA, i) + at(dOut, from);
    dB[i] = at(dB, i) + at(dOut, from + 2);
  }
}
