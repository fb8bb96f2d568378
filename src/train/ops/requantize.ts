import { at } from '../../float/s5/vector.js';

/** out = gain x + offset, elementwise in a row of `width` words. */
export function requantize(
  x: Float64Array,
  gain: Float64Array,
  offset: Float64Array,
  out: Float64Array,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) {
    const h = i % width;
    out[i] = at(gain, h) * at(x, i) + at(offset, h);
  }
}

/** Adds gain dOut to the gradient of x, x dOut to that of the gain, and dOut to that of the offset. */
export function requantizeGradient(
  x: Float64Array,
  gain: Float64Array,
  dOut: Float64Array,
  dX: Float64Array,
  dGain: Float64Array,
  dOffset: Float64Array,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) {
    const h = i % width;
    dX[i] = at(dX, i) + at(gain, h) * at(dOut, i);
    dGain[h] = at(dGain, h) + at(x, i) * at(dOut, i);
    dOffset[h] = at(dOffset, h) + at(dOut, i);
  }
}
