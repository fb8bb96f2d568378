import { erfc } from './erf.js';
import type { GeluKind, SigmoidKind } from './model.js';
import { at } from './vector.js';

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

/** GELU in the tanh approximation, which is flax's default and so what S5 trains with. */
export function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)));
}

/**
 * GELU in the form with the error function, x times the normal distribution up to x, which
 * PyTorch takes by default. erfc keeps its precision in the tail.
 */
export function erfGelu(x: number): number {
  return x === -Infinity ? 0 : (x * erfc(-x * Math.SQRT1_2)) / 2;
}

/** GELU with a clipped line in place of the error function: x clip(x + 2, 0, 4) / 4, as in Q-S5. */
export function qGelu(x: number): number {
  return (x * Math.min(Math.max(x + 2, 0), 4)) / 4;
}

/** Logistic function, 0 to 1. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Piecewise linear sigmoid, clip(x + 3, 0, 6) / 6, as jax.nn.hard_sigmoid; 0 to 1. */
export function hardSigmoid(x: number): number {
  return Math.min(Math.max(x + 3, 0), 6) / 6;
}

/** The GELU of that kind. */
export function geluOf(kind: GeluKind): (x: number) => number {
  switch (kind) {
    case 'exact':
      return gelu;
    case 'erf':
      return erfGelu;
    case 'q_gelu':
      return qGelu;
  }
}

/** The sigmoid of that kind. */
export function sigmoidOf(kind: SigmoidKind): (x: number) => number {
  switch (kind) {
    case 'exact':
      return sigmoid;
    case 'hard':
      return hardSigmoid;
  }
}

/** `f` of every element. */
export function applyAll(values: Float64Array, f: (x: number) => number): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < result.length; i++) result[i] = f(at(values, i));
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
