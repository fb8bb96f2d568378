/**
 * Signed word lengths and exact integer ranges. All bounds are inclusive and are exact integers
 * in a `number`, so they must stay below 2^53.
 */

export interface Range {
  readonly lo: number;
  readonly hi: number;
}

/** Widest word of exact arithmetic in a `number`: |v| < 2^53. */
export const MAX_EXACT_WIDTH = 54;

/** Largest magnitude of a symmetric signed word: 2^(width-1) - 1. */
export function maxMagnitude(width: number): number {
  return 2 ** (width - 1) - 1;
}

/** Symmetric range of a clipped word: +-(2^(width-1) - 1). */
export function symmetricRange(width: number): Range {
  return { lo: -maxMagnitude(width), hi: maxMagnitude(width) };
}

/** Everything that a two's complement word can hold. */
export function fullRange(width: number): Range {
  return { lo: -(2 ** (width - 1)), hi: maxMagnitude(width) };
}

/** Fewest bits of a signed word that holds the whole range; at least 1. */
export function signedWidth({ lo, hi }: Range): number {
  let width = 1;
  while (-(2 ** (width - 1)) > lo || 2 ** (width - 1) - 1 < hi) width += 1;
  return width;
}

/** Fewest bits of an unsigned word that holds 0..max; at least 1. */
export function unsignedWidth(max: number): number {
  let width = 1;
  while (2 ** width - 1 < max) width += 1;
  return width;
}

/** Range of factor * v for v in the range. */
export function scaleRange({ lo, hi }: Range, factor: number): Range {
  return factor >= 0
    ? { lo: lo * factor + 0, hi: hi * factor + 0 }
    : { lo: hi * factor + 0, hi: lo * factor + 0 };
}

/** Range of a + b. */
export function addRanges(a: Range, b: Range): Range {
  return { lo: a.lo + b.lo, hi: a.hi + b.hi };
}

/** Smallest range that holds both. */
export function joinRanges(a: Range, b: Range): Range {
  return { lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi) };
}

/** Limits values to +-(2^(width-1) - 1), and calls `onClip` for every one that this changes. */
export function saturateTo(width: number, onClip: () => void): (value: number) => number {
  const max = maxMagnitude(width);
  return (value) => {
    if (value <= max && value >= -max) return value;
    onClip();
    return value > max ? max : -max;
  };
}
