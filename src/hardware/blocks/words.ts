import { at } from '../../base/at.js';
import type { Rounding } from '../../base/fixed/rounding.js';

/**
 * Arithmetic as registers do it: two's complement words that wrap, bits that are looked at one by
 * one. Written apart from `base/fixed/`, which says what the results mean.
 */

/** The low `width` bits as a signed word. Exact for |value| < 2^53. */
export function wrapTo(width: number): (value: number) => number {
  // Here the value fits as it is, and value + modulus would not be exact.
  if (width > 53) return (value) => value + 0;
  const modulus = 2 ** width;
  const half = modulus / 2;
  return (value) => {
    if (value >= -half && value < half) return value + 0;
    const low = value - Math.floor(value / modulus) * modulus;
    return low >= half ? low - modulus : low;
  };
}

/**
 * qs5_round_increment: the arithmetic shift plus the increment of its mode. `roundWide` takes any word,
 * the rounder those below 2^53.
 */
export function roundBy(shift: number, rounding: Rounding): (word: number) => number {
  if (shift === 0) return (word) => word;
  const unit = 2 ** shift;
  const half = unit / 2;
  // Bits that fall out: word - floor * unit, of which the highest is set from `half` on.
  switch (rounding) {
    case 'half_up':
      return (word) => {
        const floor = Math.floor(word / unit);
        return word - floor * unit >= half ? floor + 1 : floor;
      };
    case 'half_even':
      return (word) => {
        const floor = Math.floor(word / unit);
        const low = word - floor * unit;
        return low > half || (low === half && floor % 2 !== 0) ? floor + 1 : floor;
      };
    case 'toward_zero':
      return (word) => {
        const floor = Math.floor(word / unit);
        return word < 0 && floor * unit !== word ? floor + 1 : floor;
      };
  }
}

export function roundWide(value: bigint, shift: number, rounding: Rounding): bigint {
  if (shift === 0) return value;
  const s = BigInt(shift);
  const floor = value >> s;
  const bit = (n: bigint) => (value >> n) & 1n;
  const below = (n: bigint) => ((value & ((1n << n) - 1n)) === 0n ? 0n : 1n);
  switch (rounding) {
    case 'half_up':
      return floor + bit(s - 1n);
    case 'half_even':
      return floor + (bit(s - 1n) & (bit(s) | below(s - 1n)));
    case 'toward_zero':
      return floor + (value < 0n ? below(s) : 0n);
  }
}

/**
 * qs5_round_saturate with ROUNDED = 1: half of 2^shift is in the word already, unless it rounds towards
 * zero, so that the floor rounds half up; a tie has only zeros below.
 */
export function floorBy(shift: number, rounding: Rounding): (word: number) => number {
  if (shift === 0 || rounding === 'toward_zero') return roundBy(shift, rounding);
  const unit = 2 ** shift;
  return (word) => {
    const floor = Math.floor(word / unit);
    const odd = rounding === 'half_even' && floor * unit === word && floor % 2 !== 0;
    return odd ? floor - 1 : floor;
  };
}

/** The same for any word. */
export function floorWide(word: bigint, shift: number, rounding: Rounding): bigint {
  if (shift === 0 || rounding === 'toward_zero') return roundWide(word, shift, rounding);
  const floor = word >> BigInt(shift);
  return rounding === 'half_even' && floor << BigInt(shift) === word ? floor & ~1n : floor;
}

/** Symmetric saturation to `width` bits; a word that it changes is one that saturated. */
export function saturateTo(width: number): (word: number) => number {
  const max = 2 ** (width - 1) - 1;
  return (word) => (word > max ? max : word < -max ? -max : word);
}

/** Fields side by side in one word, the first lowest; each a signed or unsigned value. */
export function packFields(fields: readonly { value: number; width: number }[]): bigint {
  let word = 0n;
  let at = 0n;
  for (const { value, width } of fields) {
    word |= BigInt.asUintN(width, BigInt(value)) << at;
    at += BigInt(width);
  }
  return word;
}

/** Most bits that are packed as a `number`, which is faster than a bigint. */
const NUMBER_BITS = 48;

/**
 * Fields of equal widths, up to 48 bits, side by side, the first lowest. Half by half: to append
 * field by field to a word of thousands of bits would copy it as often.
 */
export function packEqual(
  values: ArrayLike<number>,
  width: number,
  from = 0,
  to = values.length,
): bigint {
  if (to - from > 1 && (to - from) * width > NUMBER_BITS) {
    const middle = (from + to) >> 1;
    const high = packEqual(values, width, middle, to) << BigInt((middle - from) * width);
    return packEqual(values, width, from, middle) | high;
  }
  const modulus = 2 ** width;
  let word = 0;
  for (let i = to - 1; i >= from; i--) {
    const value = at(values, i);
    word = word * modulus + (value - Math.floor(value / modulus) * modulus);
  }
  return BigInt(word);
}

/** `count` signed fields of `width` bits of a word, lowest first. */
export function unpackFields(word: bigint, count: number, width: number): number[] {
  const fields: number[] = [];
  const split = (part: bigint, left: number) => {
    if (left === 1) {
      fields.push(Number(BigInt.asIntN(width, part)));
    } else if (left > 1 && left * width > NUMBER_BITS) {
      const low = left >> 1;
      split(BigInt.asUintN(low * width, part), low);
      split(part >> BigInt(low * width), left - low);
    } else if (left > 1) {
      const modulus = 2 ** width;
      let rest = Number(BigInt.asUintN(left * width, part));
      for (let i = 0; i < left; i++) {
        const field = rest % modulus;
        fields.push(field >= modulus / 2 ? field - modulus : field);
        rest = (rest - field) / modulus;
      }
    }
  };
  split(word, count);
  return fields;
}

/** Greatest common divisor of positive integers. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Least common multiple of positive integers. */
export function lcm(a: number, b: number): number {
  return (a / gcd(a, b)) * b;
}
