import { at } from '../../base/at.js';
import type { ReadWeights } from './spec.js';

/** Element h of a list that has one value for all elements, or one each. */
export function oneOrEach(values: ArrayLike<number>, h: number): number {
  return at(values, values.length === 1 ? 0 : h);
}

/** Integers times their scales. */
export function scaled(integers: Int32Array, scaleOf: (i: number) => number): ReadWeights {
  const steps = Float64Array.from({ length: integers.length }, (_, i) => scaleOf(i));
  return { steps, values: steps.map((step, i) => at(integers, i) * step) };
}
