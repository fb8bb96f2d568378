/**
 * Rounding right shift, as mathematics: the definition that hardware must meet.
 * Exact for integers up to 2^53 in magnitude; `roundShiftBig` beyond.
 */

export const ROUNDINGS = ['half_up', 'half_even', 'toward_zero'] as const;

/**
 * - `half_up`: ties towards plus infinity, floor(v + 1/2);
 * - `half_even`: ties to the even neighbour;
 * - `toward_zero`: truncation of the magnitude, a contraction.
 */
export type Rounding = (typeof ROUNDINGS)[number];

/** round(value / 2^shift). `value` a safe integer, `shift` >= 0. Never returns -0. */
export function roundShift(value: number, shift: number, rounding: Rounding): number {
  if (shift === 0) return value + 0;
  // A shift is several times faster than a power, and this is the innermost of all functions.
  const unit = shift < 31 ? 1 << shift : 2 ** shift;
  const floor = Math.floor(value / unit);
  const rest = value - floor * unit;
  switch (rounding) {
    case 'half_up':
      return floor + (2 * rest >= unit ? 1 : 0);
    case 'half_even':
      return floor + (2 * rest > unit || (2 * rest === unit && floor % 2 !== 0) ? 1 : 0);
    case 'toward_zero':
      return floor + (value < 0 && rest > 0 ? 1 : 0);
  }
}

/** round(value / 2^shift) without a bound on the value. */
export function roundShiftBig(value: bigint, shift: number, rounding: Rounding): bigint {
  if (shift === 0) return value;
  const unit = 1n << BigInt(shift);
  const floor = value >> BigInt(shift);
  const rest = value - floor * unit;
  switch (rounding) {
    case 'half_up':
      return 2n * rest >= unit ? floor + 1n : floor;
    case 'half_even':
      return 2n * rest > unit || (2n * rest === unit && floor % 2n !== 0n) ? floor + 1n : floor;
    case 'toward_zero':
      return value < 0n && rest > 0n ? floor + 1n : floor;
  }
}

/** round(value / divisor). Both safe integers, `divisor` > 0. Never returns -0. */
export function roundQuotient(value: number, divisor: number, rounding: Rounding): number {
  const floor = Math.floor(value / divisor);
  // The quotient may have been rounded up to the next integer; the remainder tells.
  const exact = value - floor * divisor < 0 ? floor - 1 : floor;
  const rest = value - exact * divisor;
  switch (rounding) {
    case 'half_up':
      return exact + (2 * rest >= divisor ? 1 : 0);
    case 'half_even':
      return exact + (2 * rest > divisor || (2 * rest === divisor && exact % 2 !== 0) ? 1 : 0);
    case 'toward_zero':
      return exact + (value < 0 && rest > 0 ? 1 : 0);
  }
}
