import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROUNDINGS, roundShift, roundShiftBig } from '../../src/base/fixed/rounding.js';
import { roundExact } from './exact.js';

const SAFE = fc.maxSafeInteger();
const MAX = BigInt(Number.MAX_SAFE_INTEGER);

describe.each(ROUNDINGS)('%s', (rounding) => {
  it('is exact for every word of 12 bits at every shift', () => {
    for (let shift = 0; shift <= 14; shift++) {
      const unit = 2n ** BigInt(shift);
      for (let value = -2048; value < 2048; value++) {
        const want = roundExact(BigInt(value), unit, rounding);
        const got = roundShift(value, shift, rounding);
        if (got !== Number(want) || Object.is(got, -0)) {
          expect.fail(`${value} >> ${shift}: ${got} instead of ${String(want)}`);
        }
        if (roundShiftBig(BigInt(value), shift, rounding) !== want) {
          expect.fail(`${value} >> ${shift} in bigint`);
        }
      }
    }
  });

  it('is exact for any safe integer', () => {
    fc.assert(
      fc.property(SAFE, fc.integer({ min: 0, max: 60 }), (value, shift) => {
        const want = roundExact(BigInt(value), 2n ** BigInt(shift), rounding);
        expect(roundShift(value, shift, rounding)).toBe(Number(want));
        expect(roundShiftBig(BigInt(value), shift, rounding)).toBe(want);
      }),
    );
  });

  it('is exact at ties and next to them, up to 2^53', () => {
    const near = fc.tuple(SAFE, fc.integer({ min: 1, max: 52 }), fc.constantFrom(-1n, 0n, 1n));
    fc.assert(
      fc.property(near, ([start, shift, step]) => {
        const unit = 2n ** BigInt(shift);
        const value = (BigInt(start) / unit) * unit + unit / 2n + step;
        fc.pre(value <= MAX && value >= -MAX);
        const want = Number(roundExact(value, unit, rounding));
        expect(roundShift(Number(value), shift, rounding)).toBe(want);
      }),
    );
  });

  it('is exact in bigint beyond 2^53', () => {
    const wide = fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n });
    fc.assert(
      fc.property(wide, fc.integer({ min: 0, max: 110 }), (value, shift) => {
        const want = roundExact(value, 2n ** BigInt(shift), rounding);
        expect(roundShiftBig(value, shift, rounding)).toBe(want);
      }),
    );
  });

  it('never decreases, and leaves multiples alone', () => {
    fc.assert(
      fc.property(SAFE, SAFE, fc.integer({ min: 0, max: 40 }), (a, b, shift) => {
        const [lo, hi] = a < b ? [a, b] : [b, a];
        expect(roundShift(lo, shift, rounding)).toBeLessThanOrEqual(
          roundShift(hi, shift, rounding),
        );
        const whole = Math.floor(a / 2 ** shift);
        const back = whole * 2 ** shift;
        fc.pre(Number.isSafeInteger(back));
        expect(roundShift(back, shift, rounding)).toBe(whole + 0);
      }),
    );
  });
});

it('toward_zero is a contraction', () => {
  fc.assert(
    fc.property(SAFE, fc.integer({ min: 0, max: 52 }), (value, shift) => {
      const magnitude = Math.abs(roundShift(value, shift, 'toward_zero'));
      expect(BigInt(magnitude) * 2n ** BigInt(shift)).toBeLessThanOrEqual(BigInt(Math.abs(value)));
    }),
  );
});
