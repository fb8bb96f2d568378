import { at } from '../../float/s5/vector.js';

/** out = a + b for `count` words. */
export function residual(a: Float64Array, b: Float64Array, out: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = at(a, i) + at(b, i);
}

/** Adds dOut to the gradients of a and of b. */
export function residualGradient(
  dOut: Float64Array,
  dA: Float64Array,
  dB: Float64Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    dA[i] = at(dA, i) + at(dOut, i);
    dB[i] = at(dB, i) + at(dOut, i);
  }
}
