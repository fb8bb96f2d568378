import { at } from '../../base/at.js';
import { maxMagnitude } from '../../base/fixed/range.js';

/** Scales as the config names them: any real, or powers of two so that a shift is enough. */
export type ScaleKind = 'real' | 'power_of_two';

/** Smallest power of two >= value; `value` > 0 and finite. */
export function powerOfTwoAbove(value: number): number {
  const guess = 2 ** Math.round(Math.log2(value));
  return guess >= value ? (guess / 2 >= value ? guess / 2 : guess) : guess * 2;
}

/** True if `value` is 2^k for an integer k. */
export function isPowerOfTwo(value: number): boolean {
  return value > 0 && 2 ** Math.round(Math.log2(value)) === value;
}

function ofKind(scale: number, kind: ScaleKind): number {
  return kind === 'real' ? scale : powerOfTwoAbove(scale);
}

/**
 * Magnitudes below count as zero: products of a few scales must stay far from the smallest double.
 */
const SMALLEST_MAGNITUDE = 2 ** -200;

/** True if a tensor of that largest magnitude is all zeros, for every purpose of a scale. */
export function isDead(absMax: number): boolean {
  return !(absMax >= SMALLEST_MAGNITUDE);
}

/**
 * Scale of an activation of that largest magnitude: absMax fills the word.
 *
 * @param fallback scale of an activation that is always zero. The scale of its source keeps the
 *   multipliers of the requantisation within their words.
 */
export function activationScale(
  absMax: number,
  width: number,
  kind: ScaleKind,
  fallback = 1,
): number {
  return ofKind(isDead(absMax) ? fallback : absMax / maxMagnitude(width), kind);
}

/**
 * Scale of a weight tensor (or row) of that largest magnitude: absMax / (2^(width-1) - 1/2), so
 * that the outermost code covers half a step beyond itself like every other (AQT, as in Q-S5).
 * Zeros fit any scale: theirs is 0, and `fitRows` finds one for them.
 */
export function weightScale(absMax: number, width: number, kind: ScaleKind): number {
  return isDead(absMax) ? 0 : ofKind(absMax / (maxMagnitude(width) + 0.5), kind);
}

/**
 * Scale of a weight that is alone in its row: the outermost code is the weight itself, without
 * error, since no other weight needs a finer step.
 */
export function soleWeightScale(magnitude: number, width: number, kind: ScaleKind): number {
  return isDead(magnitude) ? 0 : ofKind(magnitude / maxMagnitude(width), kind);
}

/** Largest magnitude, 0 for none. */
export function absMax(values: ArrayLike<number>): number {
  let max = 0;
  for (let i = 0; i < values.length; i++) max = Math.max(max, Math.abs(at(values, i)));
  return max;
}

/** Clipping limits tried, as parts of the largest magnitude. */
const LIMIT_STEPS = 64;

/** The limit on magnitudes that gives the words of a row the least squared error. */
export function leastSquaresLimit(row: Float64Array, width: number): number {
  const max = absMax(row);
  const words = maxMagnitude(width);
  let best = { limit: max, error: Infinity };
  for (let step = LIMIT_STEPS; step > LIMIT_STEPS / 4 && max > 0; step--) {
    const limit = (max * step) / LIMIT_STEPS;
    const scale = weightScale(limit, width, 'real') || 1;
    let error = 0;
    for (let i = 0; i < row.length && error < best.error; i++) {
      const value = at(row, i);
      error += (roundedTo(value / scale, words) * scale - value) ** 2;
    }
    if (error < best.error) best = { limit, error };
  }
  return best.limit;
}

/** Nearest integer of value / scale, ties to even, within +-(2^(width-1) - 1). */
export function quantizeValue(value: number, scale: number, width: number): number {
  return roundedTo(value / scale, maxMagnitude(width));
}

/** The nearest integer, ties to even, within +-max. */
function roundedTo(exact: number, max: number): number {
  const floor = Math.floor(exact);
  const rest = exact - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  return Math.min(Math.max(rounded, -max), max) + 0;
}

/** Signed integer multipliers and a common shift that realise real ratios. */
export interface Multipliers {
  /** One per ratio, or a single one when all are alike. */
  readonly multiplier: readonly number[];
  readonly shift: number;
  /** The ratio that each multiplier really gives: multiplier / 2^shift. */
  readonly ratios: readonly number[];
}

/** Deepest shift that is of use: beyond it every result is 0 or -1. */
const MAX_SHIFT = 48;

/**
 * Largest shift at which all |ratio| * 2^shift fit a signed word of `bits`.
 * Ratios that are all the same power of two need no multiplier: 1, and the shift.
 */
export function fitShift(ratios: readonly number[], bits: number): number {
  const largest = absMax(ratios);
  if (largest === 0) return 0;
  let shift = Math.min(MAX_SHIFT, Math.floor(Math.log2(maxMagnitude(bits) / largest)));
  while (Math.round(largest * 2 ** shift) > maxMagnitude(bits)) shift -= 1;
  return shift;
}

/** The nearest multipliers for given ratios; equal ratios share one. */
export function fitMultipliers(ratios: readonly number[], bits: number): Multipliers {
  const shift = Math.max(0, fitShift(ratios, bits));
  const multiplier = ratios.map((ratio) => Math.round(ratio * 2 ** shift) + 0);
  return reduceMultipliers(multiplier, shift);
}

/**
 * Multipliers for rows of weights whose scales may still grow a little: each weight scale is made
 * larger, by less than one part in the multiplier, so that its multiplier is exact.
 *
 * @param ratios weight scale * input scale / output scale, per row, all > 0.
 * @returns the multipliers, and the factor >= 1 on each row's weight scale.
 */
export function absorbMultipliers(
  ratios: readonly number[],
  bits: number,
  kind: ScaleKind,
): Multipliers & { readonly growth: readonly number[] } {
  const shift = Math.max(0, fitShift(ratios, bits - 1));
  const multiplier = ratios.map((ratio) => {
    const exact = ratio * 2 ** shift;
    // A row too small for any multiplier keeps the smallest, and its weights become 0.
    return kind === 'real' ? Math.max(1, Math.ceil(exact)) : powerOfTwoAbove(Math.max(1, exact));
  });
  const growth = ratios.map((ratio, i) => at(multiplier, i) / (ratio * 2 ** shift));
  return { ...reduceMultipliers(multiplier, shift), growth };
}

/** One multiplier if all are equal. Factors of two are removed while the shift allows it. */
function reduceMultipliers(multiplier: readonly number[], shift: number): Multipliers {
  const ratios = multiplier.map((m) => m / 2 ** shift);
  const first = at(multiplier, 0);
  if (multiplier.some((m) => m !== first)) return { multiplier, shift, ratios };
  let [m, s] = [first, shift];
  while (s > 0 && m !== 0 && m % 2 === 0) [m, s] = [m / 2, s - 1];
  return { multiplier: [m], shift: s, ratios };
}
