import { at, oneOrEach } from '../base/at.js';
import { addRanges, fullRange, joinRanges, scaleRange, type Range } from '../base/fixed/range.js';
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

/** Bits of acc * multiplier + offset over all channels; the product may leave 2^53. */
export function rescaleWidth(
  acc: Range,
  multiplier: readonly number[],
  offset: readonly number[],
): number {
  const channels = Math.max(multiplier.length, offset.length);
  let width = 1;
  for (let h = 0; h < channels; h++) {
    const m = BigInt(oneOrEach(multiplier, h));
    const b = BigInt(oneOrEach(offset, h));
    for (const bound of [acc.lo, acc.hi]) {
      width = Math.max(width, signedWidthBig(BigInt(bound) * m + b));
    }
  }
  return width;
}

/** Fewest bits of a signed word that holds the value. */
function signedWidthBig(value: bigint): number {
  // A negative number needs a bit less at a power of two: -8 fits 4 bits, 8 does not.
  const magnitude = value < 0n ? -value - 1n : value;
  return magnitude === 0n ? 1 : magnitude.toString(2).length + 1;
}

/** Bounds of lambda_bar * x at 2^-frac, re and im, over all states, for |re|, |im| <= `x`. */
export function lambdaProductRange(lambda: LambdaBar, x: Range): Range {
  const { re, im } = lambdaAsIntegers(lambda);
  let range: Range = { lo: 0, hi: 0 };
  re.forEach((c, p) => {
    const s = at(im, p);
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

/** Bounds of a product of two words. */
export function productRange(a: Range, b: Range): Range {
  return joinRanges(scaleRange(a, b.lo), scaleRange(a, b.hi));
}

/** True if exact arithmetic in a `number` covers the range: 53 bits and a sign. */
export function isExact(range: Range): boolean {
  const limit = fullRange(54);
  return range.lo > limit.lo && range.hi < limit.hi;
}
