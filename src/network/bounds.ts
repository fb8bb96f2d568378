import { addRanges, fullRange, joinRanges, scaleRange, type Range } from '../fixed/range.js';
import { lambdaAsIntegers, type LambdaBar } from './types.js';

/** Bounds of an exact dot product with `weights` for any input within `x`; partial sums included. */
export function dotRange(weights: Iterable<number>, x: Range): Range {
  // Partial sums stay within the sum of the terms' bounds once 0 is in every term's range.
  let range: Range = { lo: 0, hi: 0 };
  for (const weight of weights) {
    const term = scaleRange(x, weight);
    range = addRanges(range, { lo: Math.min(term.lo, 0), hi: Math.max(term.hi, 0) });
  }
  return range;
}

/** Bounds of every row of a row-major matrix times a vector within `x`. */
export function matvecRange(weights: Int32Array, cols: number, x: Range): Range {
  let range: Range = { lo: 0, hi: 0 };
  for (let from = 0; from < weights.length; from += cols) {
    range = joinRanges(range, dotRange(weights.subarray(from, from + cols), x));
  }
  return range;
}

/** Bounds of acc * multiplier + offset over all channels. */
export function rescaleRange(
  acc: Range,
  multiplier: readonly number[],
  offset: readonly number[],
): Range {
  const channels = Math.max(multiplier.length, offset.length);
  let range: Range | undefined;
  for (let h = 0; h < channels; h++) {
    const m = multiplier[multiplier.length === 1 ? 0 : h] ?? 0;
    const b = offset[offset.length === 1 ? 0 : h] ?? 0;
    const channel = addRanges(scaleRange(acc, m), { lo: b, hi: b });
    range = range === undefined ? channel : joinRanges(range, channel);
  }
  return range ?? { lo: 0, hi: 0 };
}

/** Bounds of lambda_bar * x at 2^-frac, re and im, over all states, for |re|, |im| <= `x`. */
export function lambdaProductRange(lambda: LambdaBar, x: Range): Range {
  const { re, im } = lambdaAsIntegers(lambda);
  let range: Range = { lo: 0, hi: 0 };
  re.forEach((c, p) => {
    const s = im[p] ?? 0;
    range = joinRanges(range, addRanges(scaleRange(x, c), scaleRange(x, -s)));
    range = joinRanges(range, addRanges(scaleRange(x, s), scaleRange(x, c)));
  });
  return range;
}

/** Bounds of (sum << sumShift) + ((d * u) << productShift) over all channels. */
export function feedthroughRange(
  sum: Range,
  sumShift: number,
  weights: Int32Array,
  u: Range,
  productShift: number,
): Range {
  let product: Range = { lo: 0, hi: 0 };
  for (const d of weights) product = joinRanges(product, scaleRange(u, d));
  return addRanges(scaleRange(sum, 2 ** sumShift), scaleRange(product, 2 ** productShift));
}

/** Whether exact arithmetic in a `number` covers the range: 53 bits and a sign. */
export function isExact(range: Range): boolean {
  const limit = fullRange(54);
  return range.lo > limit.lo && range.hi < limit.hi;
}
