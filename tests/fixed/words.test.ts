import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gcd,
  lcm,
  packEqual,
  packFields,
  roundBy,
  roundWide,
  saturateTo,
  unpackFields,
  wrapTo,
} from '../../src/hardware/blocks/words.js';
import { ROUNDINGS } from '../../src/base/fixed/rounding.js';
import { clipExact, roundExact } from './exact.js';

const SAFE = fc.maxSafeInteger();

describe('wrapTo', () => {
  it('is two’s complement for every value of 11 bits', () => {
    for (let width = 1; width <= 12; width++) {
      for (let value = -1024; value < 1024; value++) {
        expect(wrapTo(width)(value)).toBe(Number(BigInt.asIntN(width, BigInt(value))));
      }
    }
  });

  it('is exact up to 2^53', () => {
    fc.assert(
      fc.property(SAFE, fc.integer({ min: 1, max: 64 }), (value, width) => {
        expect(wrapTo(width)(value)).toBe(Number(BigInt.asIntN(width, BigInt(value))));
      }),
      { numRuns: 1000 },
    );
  });

  it('is exact for the words next to 2^53', () => {
    const max = Number.MAX_SAFE_INTEGER;
    for (const value of [max, max - 1, -max, -max + 1, 2 ** 52, -(2 ** 52), 2 ** 52 - 1]) {
      for (let width = 1; width <= 70; width++) {
        const want = Number(BigInt.asIntN(width, BigInt(value)));
        expect(wrapTo(width)(value), `${value} to ${width} bits`).toBe(want);
      }
    }
  });
});

describe.each(ROUNDINGS)('rounding %s', (rounding) => {
  it('is exact for every word of 10 bits at every shift', () => {
    for (let shift = 0; shift <= 12; shift++) {
      for (let value = -512n; value < 512n; value++) {
        const want = roundExact(value, 2n ** BigInt(shift), rounding);
        const narrow = roundBy(shift, rounding)(Number(value));
        if (roundWide(value, shift, rounding) !== want || narrow !== Number(want)) {
          expect.fail(`${String(value)} >> ${shift}`);
        }
      }
    }
  });

  it('is exact for wide words', () => {
    const wide = fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n });
    fc.assert(
      fc.property(wide, fc.integer({ min: 0, max: 95 }), (value, shift) => {
        const want = roundExact(value, 2n ** BigInt(shift), rounding);
        expect(roundWide(value, shift, rounding)).toBe(want);
      }),
    );
  });

  it('is exact for numbers up to 2^53', () => {
    fc.assert(
      fc.property(SAFE, fc.integer({ min: 0, max: 60 }), (value, shift) => {
        const want = roundExact(BigInt(value), 2n ** BigInt(shift), rounding);
        expect(BigInt(roundBy(shift, rounding)(value))).toBe(want);
      }),
      { numRuns: 500 },
    );
  });
});

it('saturateTo is exact', () => {
  for (let width = 2; width <= 10; width++) {
    for (let value = -600n; value < 600n; value++) {
      expect(saturateTo(width)(Number(value))).toBe(Number(clipExact(value, width)));
    }
  }
});

describe('fields', () => {
  it('come back as they went in, first lowest', () => {
    const field = fc
      .integer({ min: 1, max: 53 })
      .chain((width) =>
        fc.record({ width: fc.constant(width), value: SAFE.map((v) => wrapTo(width)(v)) }),
      );
    fc.assert(
      fc.property(fc.array(field, { maxLength: 12 }), (fields) => {
        let word = packFields(fields);
        for (const { value, width } of fields) {
          expect(unpackFields(word, 1, width)).toEqual([value]);
          word >>= BigInt(width);
        }
        expect(word).toBe(0n);
      }),
    );
  });

  it('of equal width unpack together', () => {
    const fields = [-8, 7, -1, 0, 3].map((value) => ({ value, width: 4 }));
    const word = packFields(fields);
    expect(word).toBe(0x30f78n);
    expect(unpackFields(word, 5, 4)).toEqual([-8, 7, -1, 0, 3]);
  });

  it('of equal width pack like any others, in words of any length', () => {
    const words = fc
      .integer({ min: 1, max: 48 })
      .chain((width) =>
        fc.record({ width: fc.constant(width), values: fc.array(SAFE.map(wrapTo(width))) }),
      );
    fc.assert(
      fc.property(words, ({ width, values }) => {
        const word = packEqual(values, width);
        expect(word).toBe(packFields(values.map((value) => ({ value, width }))));
        expect(unpackFields(word, values.length, width)).toEqual(values);
      }),
    );
  });

  it('of no width take no room', () => {
    const none = { value: 0, width: 0 };
    expect(packFields([{ value: -1, width: 3 }, none, { value: 1, width: 2 }])).toBe(0b01111n);
  });
});

it('gcd and lcm are the greatest and the least', () => {
  for (let a = 1; a <= 24; a++) {
    for (let b = 1; b <= 24; b++) {
      const divides = (n: number) => a % n === 0 && b % n === 0;
      const multiple = (n: number) => n % a === 0 && n % b === 0;
      const all = Array.from({ length: a * b }, (_, i) => i + 1);
      expect(gcd(a, b)).toBe(all.filter(divides).at(-1));
      expect(lcm(a, b)).toBe(all.find(multiple));
    }
  }
});
