import type { Rounding } from '../../src/base/fixed/rounding.js';

/**
 * Rounding and saturation as rational arithmetic in bigint, by comparing distances: a second
 * opinion that shares no idea with floor-plus-increment.
 */

/** The integer that `value / unit` rounds to. */
export function roundExact(value: bigint, unit: bigint, rounding: Rounding): bigint {
  const trunc = value / unit;
  if (rounding === 'toward_zero') return trunc;
  const candidates = [trunc - 1n, trunc, trunc + 1n];
  const distance = (q: bigint) => abs(value - q * unit);
  const nearest = candidates.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  const ties = candidates.filter((q) => distance(q) === distance(nearest));
  const [low = nearest, high = low] = ties;
  if (rounding === 'half_up') return high;
  return low % 2n === 0n ? low : high;
}

export function clipExact(value: bigint, width: number): bigint {
  const max = 2n ** BigInt(width - 1) - 1n;
  return abs(value) <= max ? value : value < 0n ? -max : max;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
