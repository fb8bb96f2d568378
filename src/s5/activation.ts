import { at } from './vector.js';

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

/** GELU in the tanh approximation, which is flax's default and so what S5 trains with. */
export function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)));
}

/** Logistic function, 0 to 1. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function geluAll(values: Float64Array): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < result.length; i++) result[i] = gelu(at(values, i));
  return result;
}

export function sigmoidAll(values: Float64Array): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < result.length; i++) result[i] = sigmoid(at(values, i));
  return result;
}

/** Elementwise product; both of one length. */
export function multiplyAll(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < result.length; i++) result[i] = at(a, i) * at(b, i);
  return result;
}

/** Elementwise sum; both of one length. */
export function addAll(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < result.length; i++) result[i] = at(a, i) + at(b, i);
  return result;
}
