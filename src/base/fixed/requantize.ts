import { roundShift, roundShiftBig, type Rounding } from './rounding.js';

/**
 * The number contract's requantisation, but for its saturation:
 * round((acc * multiplier + offset) / 2^shift).
 * Exact for any safe integers: where the product leaves 2^53 it is done in bigint.
 */
export function rescale(
  acc: number,
  multiplier: number,
  offset: number,
  shift: number,
  rounding: Rounding,
): number {
  const product = acc * multiplier + offset;
  // The sum of magnitudes bounds every intermediate, so below 2^53 nothing was rounded.
  if (Math.abs(acc * multiplier) + Math.abs(offset) < Number.MAX_SAFE_INTEGER) {
    return roundShift(product, shift, rounding);
  }
  const exact = BigInt(acc) * BigInt(multiplier) + BigInt(offset);
  return Number(roundShiftBig(exact, shift, rounding));
}
