import type { Rounding } from '../../src/base/fixed/rounding.js';

/**
 * Results of the modules as plain mathematics in bigint, from the header comments in rtl/.
 * Shares nothing with src/fixed and src/blocks, which are tested against it.
 */

/** The quotient rounded towards minus infinity. */
export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return quotient * b > a ? quotient - 1n : quotient;
}

/** round(value / 2^shift). */
export function roundGolden(value: bigint, shift: number, rounding: Rounding): bigint {
  const unit = 2n ** BigInt(shift);
  const below = floorDiv(value, unit);
  const toBelow = value - below * unit;
  const toAbove = unit - toBelow;
  switch (rounding) {
    case 'half_up':
      return floorDiv(2n * value + unit, 2n * unit);
    case 'half_even':
      if (toBelow === toAbove) return below % 2n === 0n ? below : below + 1n;
      return toBelow < toAbove ? below : below + 1n;
    case 'toward_zero':
      return value / unit;
  }
}

/** Nearest value of +-(2^(width-1) - 1). */
export function clipGolden(value: bigint, width: number): bigint {
  const max = 2n ** BigInt(width - 1) - 1n;
  if (value > max) return max;
  return value < -max ? -max : value;
}

/** Least value of a signed word. */
export function lowest(width: number): number {
  return -(2 ** (width - 1));
}

/** Greatest value of a signed word. */
export function highest(width: number): number {
  return 2 ** (width - 1) - 1;
}

/** Bits of a signed word that holds all the values. */
export function bitsFor(values: readonly bigint[]): number {
  let width = 1;
  while (values.some((v) => BigInt.asIntN(width, v) !== v)) width += 1;
  return width;
}

/** The corner words of a width: full scale, the code -2^(w-1), -1, 0, 1. Each once. */
export function edgeWords(width: number): number[] {
  const lo = lowest(width);
  const hi = highest(width);
  const words = [lo, lo + 1, -1, 0, 1, hi - 1, hi].filter((w) => w >= lo && w <= hi);
  return [...new Set(words.map((w) => w + 0))];
}

/** Every word of a width. */
export function allWords(width: number): number[] {
  return Array.from({ length: 2 ** width }, (_, i) => i + lowest(width));
}

/** ceil(log2 n) for n >= 1. */
export function clog2(n: number): number {
  let bits = 0;
  while (2 ** bits < n) bits += 1;
  return bits;
}
