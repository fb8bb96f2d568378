import { at } from '../../float/s5/vector.js';

/** Constants of a batch norm per element of a row, [width] each. */
export interface Moments<V> {
  readonly mean: V;
  /** 1 / sqrt(variance + eps). */
  readonly inverse: V;
}

/** Adds, per element, sum x to the first `width` sums and sum x^2 to the others. */
export function batchSums(x: Float64Array, sums: Float64Array, rows: number, width: number): void {
  for (let i = 0; i < rows * width; i++) {
    const h = i % width;
    sums[h] = at(sums, h) + at(x, i);
    sums[width + h] = at(sums, width + h) + at(x, i) ** 2;
  }
}

/** out = scale n + bias, where n = (x - mean) inverse. */
export function batchNorm(
  x: Float64Array,
  { mean, inverse }: Moments<Float64Array>,
  scale: Float64Array,
  bias: Float64Array,
  out: Float64Array,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) {
    const h = i % width;
    out[i] = (at(x, i) - at(mean, h)) * at(inverse, h) * at(scale, h) + at(bias, h);
  }
}

/**
 * Adds, per element, sum dOut to the first `width` sums and sum dOut n to the others: the gradients
 * of bias and scale.
 */
export function batchNormSums(
  x: Float64Array,
  { mean, inverse }: Moments<Float64Array>,
  dOut: Float64Array,
  sums: Float64Array,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) {
    const h = i % width;
    const normal = (at(x, i) - at(mean, h)) * at(inverse, h);
    sums[h] = at(sums, h) + at(dOut, i);
    sums[width + h] = at(sums, width + h) + at(dOut, i) * normal;
  }
}

/** Means over the batch of the sums above, [width] each, with which the gradient of x is found. */
export interface GradientMeans<V> {
  readonly dOut: V;
  readonly dOutNormal: V;
}

/** Adds scale inverse (dOut - mean dOut - n mean(dOut n)) to the gradient of x. */
export function batchNormGradient(
  x: Float64Array,
  { mean, inverse }: Moments<Float64Array>,
  scale: Float64Array,
  means: GradientMeans<Float64Array>,
  dOut: Float64Array,
  dX: Float64Array,
  rows: number,
  width: number,
): void {
  for (let i = 0; i < rows * width; i++) {
    const h = i % width;
    const normal = (at(x, i) - at(mean, h)) * at(inverse, h);
    const centred = at(dOut, i) - at(means.dOut, h) - normal * at(means.dOutNormal, h);
    dX[i] = at(dX, i) + at(scale, h) * at(inverse, h) * centred;
  }
}
