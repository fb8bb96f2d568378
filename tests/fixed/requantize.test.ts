import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rescale } from '../../src/base/fixed/requantize.js';
import { ROUNDINGS, type Rounding } from '../../src/base/fixed/rounding.js';
import { roundExact } from './exact.js';

function exact(acc: number, m: number, b: number, shift: number, rounding: Rounding): bigint {
  return roundExact(BigInt(acc) * BigInt(m) + BigInt(b), 2n ** BigInt(shift), rounding);
}

describe.each(ROUNDINGS)('%s', (rounding) => {
  it('is exact for every word of 6 bits, multiplier of 4 bits, and some offsets', () => {
    for (let acc = -32; acc < 32; acc++) {
      for (let m = -8; m < 8; m++) {
        for (const b of [-16, -5, 0, 1, 4, 8, 15]) {
          for (let shift = 0; shift <= 6; shift++) {
            const want = exact(acc, m, b, shift, rounding);
            expect(rescale(acc, m, b, shift, rounding)).toBe(Number(want));
          }
        }
      }
    }
  });

  it('is exact on both sides of 2^53', () => {
    const factor = fc.integer({ min: -(2 ** 31), max: 2 ** 31 });
    const acc = fc.integer({ min: -(2 ** 24), max: 2 ** 24 });
    const offset = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
    fc.assert(
      fc.property(acc, factor, offset, fc.integer({ min: 8, max: 40 }), (a, m, b, shift) => {
        const want = exact(a, m, b, shift, rounding);
        expect(rescale(a, m, b, shift, rounding)).toBe(Number(want));
      }),
      { numRuns: 500 },
    );
  });

  it('is exact where the product alone is just beyond 2^53', () => {
    const acc = fc.integer({ min: 2 ** 27 - 3, max: 2 ** 27 + 3 });
    const m = fc.integer({ min: 2 ** 26 - 3, max: 2 ** 26 + 3 });
    const signs = fc.constantFrom(-1, 1);
    fc.assert(
      fc.property(acc, m, signs, fc.integer({ min: -9, max: 9 }), (a, factor, sign, b) => {
        for (const shift of [1, 2, 30]) {
          const want = exact(a * sign, factor, b, shift, rounding);
          expect(rescale(a * sign, factor, b, shift, rounding)).toBe(Number(want));
        }
      }),
    );
  });
});
