import { at } from '../../base/at.js';
import type { ReadWeights } from './spec.js';

/** Integers times their scales. */
export function scaled(integers: Int32Array, scaleOf: (i: number) => number): ReadWeights {
  const steps = Float64Array.from({ length: integers.length }, (_, i) => scaleOf(i));
  return { steps, values: steps.map((step, i) => at(integers, i) * step) };
}
