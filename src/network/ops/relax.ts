/** Parts of relaxed steps that several operations share. */
import { at } from '../../float/s5/vector.js';
import type { Rounding } from '../../base/fixed/rounding.js';
import type { Ideal } from '../ideal.js';
import type { Trace } from './spec.js';

/** The real parameters of a node, of the kind that its operation has. */
export function idealOf<K extends Ideal['kind']>(
  ideal: Ideal | undefined,
  kind: K,
): Extract<Ideal, { kind: K }> {
  if (!isOfKind(ideal, kind)) throw new Error(`a node without its ${kind}`);
  return ideal;
}

function isOfKind<K extends Ideal['kind']>(
  ideal: Ideal | undefined,
  kind: K,
): ideal is Extract<Ideal, { kind: K }> {
  return ideal?.kind === kind;
}

/** The vector of one step. */
export function row({ data, width }: Trace, step: number): Float64Array {
  return data.subarray(step * width, (step + 1) * width);
}

export function stepsOf({ data, width }: Trace): number {
  return data.length / width;
}

/** The vectors of all steps as one array. */
export function perStep(
  steps: number,
  width: number,
  vector: (step: number) => ArrayLike<number>,
): Float64Array {
  const all = new Float64Array(steps * width);
  for (let step = 0; step < steps; step++) all.set(vector(step), step * width);
  return all;
}

export function clip(value: number, max: number): number {
  return Math.min(Math.max(value, -max), max);
}

/** Nearest whole number by the rule; values need not be whole. */
export function rounded(value: number, rounding: Rounding): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  switch (rounding) {
    case 'half_up':
      return floor + (rest >= 0.5 ? 1 : 0);
    case 'half_even':
      return floor + (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? 1 : 0);
    case 'toward_zero':
      return Math.trunc(value) + 0;
  }
}

/** `f` of the elements of two traces of one width. */
export function pairwise(a: Trace, b: Trace, f: (a: number, b: number) => number): Float64Array {
  return b.data.map((value, i) => f(at(a.data, i), value));
}
