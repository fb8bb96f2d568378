import { at } from '../../float/s5/vector.js';

/** out = a b for `count` words. */
export function gate(a: Float64Array, b: Float64Array, out: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) out[i] = at(a, i) * at(b, i);
}

/** Adds b dOut to the gradient of a, and a dOut to that of b. */
export function gateGradient(
  a: Float64Array,
  b: Float64Array,
  dOut: Float64Array,
  dA: Float64Array,
  dB: Float64Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    dA[i] = at(dA, i) + at(b, i) * at(dOut, i);
    dB[i] = at(dB, i) + at(a, i) * at(dOut, i);
  }
}
