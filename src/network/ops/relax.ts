/** Parts of relaxed steps that several operations share. */
import { oneOrEach } from '../../base/at.js';
import type { Rounding } from '../../base/fixed/rounding.js';
import { at } from '../../float/s5/vector.js';
import type { Node } from '../types.js';
import type { FloatTraces, Reading, Trace } from './spec.js';

/**
 * The float step of a node on vectors in units of their formats, and its result in units of the
 * node's.
 */
export function floatInWords<F>(
  { format, length }: Node,
  real: F,
  { trace, node: nodeOf }: Reading,
  float: (real: F, reading: FloatTraces) => Float64Array,
): Float64Array {
  const result = float(real, {
    trace(id) {
      const { data, width } = trace(id);
      return { width, data: scaledBy(data, width, nodeOf(id).format.scale) };
    },
  });
  return scaledBy(
    result,
    length,
    format.scale.map((scale) => 1 / scale),
  );
}

/** Every vector times a factor for all elements, or one each. */
function scaledBy(data: Float64Array, width: number, by: readonly number[]): Float64Array {
  const factors = Float64Array.from({ length: width }, (_, h) => oneOrEach(by, h));
  const result = new Float64Array(data.length);
  for (let from = 0; from < data.length; from += width) {
    for (let h = 0; h < width; h++) result[from + h] = at(data, from + h) * at(factors, h);
  }
  return result;
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
