import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRanges,
  fullRange,
  joinRanges,
  MAX_EXACT_WIDTH,
  maxMagnitude,
  saturateTo,
  scaleRange,
  signedWidth,
  symmetricRange,
  unsignedWidth,
  type Range,
} from '../../src/base/fixed/range.js';
import { clipExact } from './exact.js';

const ranges: Range[] = [];
for (let lo = -9; lo <= 9; lo++) for (let hi = lo; hi <= 9; hi++) ranges.push({ lo, hi });

const members = ({ lo, hi }: Range) => Array.from({ length: hi - lo + 1 }, (_, i) => lo + i + 0);
const hull = (values: readonly number[]): Range => ({
  lo: Math.min(...values) + 0,
  hi: Math.max(...values) + 0,
});

describe('words', () => {
  it('have the ends of two and of one code less', () => {
    for (let width = 2; width <= MAX_EXACT_WIDTH; width++) {
      const max = Number(2n ** BigInt(width - 1) - 1n);
      expect(maxMagnitude(width)).toBe(max);
      expect(symmetricRange(width)).toEqual({ lo: -max, hi: max });
      expect(fullRange(width)).toEqual({ lo: Number(-(2n ** BigInt(width - 1))), hi: max });
    }
  });

  it('are as narrow as can be', () => {
    const fits = (v: bigint, width: number) => BigInt.asIntN(width, v) === v;
    const ends = [...Array.from({ length: 600 }, (_, i) => i - 300), 2 ** 52 - 1, 2 ** 52];
    for (const value of [...ends, -(2 ** 52), -(2 ** 52) - 1, Number.MAX_SAFE_INTEGER]) {
      const width = signedWidth({ lo: value, hi: value });
      expect(fits(BigInt(value), width), `${value} in ${width} bits`).toBe(true);
      expect(width === 1 || !fits(BigInt(value), width - 1), `${value}`).toBe(true);
    }
    for (const range of ranges) {
      expect(signedWidth(range)).toBe(
        Math.max(...[range.lo, range.hi].map((v) => signedWidth({ lo: v, hi: v }))),
      );
    }
  });

  it('without a sign are as narrow as can be', () => {
    for (const max of [0, 1, 2, 3, 4, 7, 8, 255, 256, 2 ** 52, Number.MAX_SAFE_INTEGER]) {
      expect(unsignedWidth(max)).toBe(Math.max(1, max.toString(2).length));
    }
  });
});

describe('ranges', () => {
  it('scaled, hold exactly what the values become', () => {
    for (const range of ranges) {
      for (let factor = -4; factor <= 4; factor++) {
        const want = hull(members(range).map((v) => v * factor));
        expect(scaleRange(range, factor)).toEqual(want);
      }
    }
  });

  it('added and joined, hold exactly the sums and both', () => {
    const some = ranges.filter((_, i) => i % 5 === 0);
    for (const a of some) {
      for (const b of some) {
        expect(addRanges(a, b)).toEqual(
          hull(members(a).flatMap((v) => members(b).map((w) => v + w))),
        );
        expect(joinRanges(a, b)).toEqual(hull([...members(a), ...members(b)]));
      }
    }
  });
});

describe('saturateTo', () => {
  it('is exact for every word of 10 bits', () => {
    for (let width = 2; width <= 12; width++) {
      let clipped = 0;
      const saturate = saturateTo(width, () => (clipped += 1));
      let changed = 0;
      for (let value = -512; value < 512; value++) {
        const want = Number(clipExact(BigInt(value), width));
        changed += want === value ? 0 : 1;
        expect(saturate(value)).toBe(want);
        expect(clipped).toBe(changed);
      }
    }
  });

  it('is exact up to 2^53', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 2, max: 54 }), (value, width) => {
        expect(saturateTo(width, () => undefined)(value)).toBe(
          Number(clipExact(BigInt(value), width)),
        );
      }),
    );
  });
});
