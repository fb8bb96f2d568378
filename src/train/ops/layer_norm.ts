import { at } from '../../float/s5/vector.js';

export interface LayerNormSize {
  readonly rows: number;
  /** Words of a row. */
  readonly width: number;
  /** Words of a row that are normalised; those after them are padding. */
  readonly length: number;
  /** Added to the variance; above 0. */
  readonly eps: number;
}

interface RowMoments {
  readonly mean: number;
  readonly inverse: number;
}

function moments(x: Float64Array, from: number, length: number, eps: number): RowMoments {
  let mean = 0;
  for (let i = from; i < from + length; i++) mean += at(x, i);
  mean /= length;
  let variance = 0;
  for (let i = from; i < from + length; i++) variance += (at(x, i) - mean) ** 2;
  return { mean, inverse: 1 / Math.sqrt(variance / length + eps) };
}

/** out = scale n + bias, where n = (x - mean) / sqrt(variance + eps) of the row. */
export function layerNorm(
  x: Float64Array,
  scale: Float64Array,
  bias: Float64Array,
  out: Float64Array,
  { rows, width, length, eps }: LayerNormSize,
): void {
  for (let from = 0; from < rows * width; from += width) {
    const { mean, inverse } = moments(x, from, length, eps);
    for (let h = 0; h < length; h++) {
      out[from + h] = (at(x, from + h) - mean) * inverse * at(scale, h) + at(bias, h);
    }
  }
}

/**
 * Adds n dOut to the gradient of the scale, dOut to that of the bias, and
 * inverse (g - mean g - n mean(g n)) with g = scale dOut to that of x.
 */
export function layerNormGradient(
  x: Float64Array,
  scale: Float64Array,
  dOut: Float64Array,
  dX: Float64Array,
  dScale: Float64Array,
  dBias: Float64Array,
  { rows, width, length, eps }: LayerNormSize,
): void {
  for (let from = 0; from < rows * width; from += width) {
    const { mean, inverse } = moments(x, from, length, eps);
    let sum = 0;
    let sumNormal = 0;
    for (let h = 0; h < length; h++) {
      const by = at(dOut, from + h);
      const normal = (at(x, from + h) - mean) * inverse;
      dScale[h] = at(dScale, h) + normal * by;
      dBias[h] = at(dBias, h) + by;
      sum += at(scale, h) * by;
      sumNormal += at(scale, h) * by * normal;
    }
    for (let h = 0; h < length; h++) {
      const normal = (at(x, from + h) - mean) * inverse;
      const own = at(scale, h) * at(dOut, from + h);
      const centred = own - sum / length - (normal * sumNormal) / length;
      dX[from + h] = at(dX, from + h) + inverse * centred;
    }
  }
}
