import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxMagnitude } from '../../src/base/fixed/range.js';
import {
  absMax,
  absorbMultipliers,
  activationScale,
  fitMultipliers,
  fitShift,
  isPowerOfTwo,
  powerOfTwoAbove,
  quantizeValue,
  soleWeightScale,
  weightScale,
} from '../../src/network/quantize/scales.js';

const magnitude = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
const width = fc.integer({ min: 2, max: 24 });
/** As far apart as the rows of a weight matrix really are. */
const ratios = fc.array(fc.double({ min: 1e-6, max: 4, noNaN: true }), {
  minLength: 1,
  maxLength: 6,
});
const bits = fc.integer({ min: 4, max: 24 });

describe('powerOfTwoAbove', () => {
  it('is the smallest one that is not below', () => {
    fc.assert(
      fc.property(magnitude, (value) => {
        const power = powerOfTwoAbove(value);
        expect(isPowerOfTwo(power)).toBe(true);
        expect(power).toBeGreaterThanOrEqual(value);
        expect(power / 2).toBeLessThan(value);
      }),
    );
  });

  it('is exact next to powers of two', () => {
    for (let k = -60; k <= 60; k++) {
      const power = 2 ** k;
      expect(powerOfTwoAbove(power)).toBe(power);
      expect(powerOfTwoAbove(power * (1 - Number.EPSILON / 2))).toBe(power);
      expect(powerOfTwoAbove(power * (1 + Number.EPSILON))).toBe(2 * power);
      expect(isPowerOfTwo(power * (1 + Number.EPSILON))).toBe(false);
    }
    expect(isPowerOfTwo(0)).toBe(false);
    expect(isPowerOfTwo(-2)).toBe(false);
  });
});

describe('scales of a tensor', () => {
  it('an activation of the largest magnitude fills the word and is not clipped', () => {
    fc.assert(
      fc.property(magnitude, width, (max, bitsOfWord) => {
        const real = activationScale(max, bitsOfWord, 'real');
        expect(quantizeValue(max, real, bitsOfWord)).toBe(maxMagnitude(bitsOfWord));
        const power = activationScale(max, bitsOfWord, 'power_of_two');
        expect(isPowerOfTwo(power)).toBe(true);
        // At most a factor of two is lost, without clipping.
        expect(max / power).toBeLessThanOrEqual(maxMagnitude(bitsOfWord) * (1 + 1e-15));
        expect(max / power).toBeGreaterThan(maxMagnitude(bitsOfWord) / 2);
      }),
    );
  });

  it('the outermost code of a weight covers half a step beyond itself', () => {
    fc.assert(
      fc.property(magnitude, width, (max, bitsOfWord) => {
        const scale = weightScale(max, bitsOfWord, 'real');
        expect(max / scale).toBeCloseTo(maxMagnitude(bitsOfWord) + 0.5, 6);
        expect(quantizeValue(max, scale, bitsOfWord)).toBe(maxMagnitude(bitsOfWord));
        expect(isPowerOfTwo(weightScale(max, bitsOfWord, 'power_of_two'))).toBe(true);
        // Alone in its row, a weight is exact.
        const sole = soleWeightScale(max, bitsOfWord, 'real');
        expect(max / sole).toBeCloseTo(maxMagnitude(bitsOfWord), 6);
      }),
    );
  });

  it('of zeros is the fallback for an activation, and 0 for a weight', () => {
    expect(activationScale(0, 8, 'real')).toBe(1);
    expect(activationScale(0, 8, 'real', 0.3)).toBe(0.3);
    expect(activationScale(1e-310, 8, 'power_of_two', 0.3)).toBe(0.5);
    expect(weightScale(0, 8, 'power_of_two')).toBe(0);
    expect(weightScale(1e-305, 8, 'real')).toBe(0);
    expect(soleWeightScale(0, 8, 'real')).toBe(0);
    expect(absMax([])).toBe(0);
    expect(absMax([1, -3, 2])).toBe(3);
  });
});

describe('quantizeValue', () => {
  it('is the nearest code, ties to even, clipped symmetrically', () => {
    // Quarter steps from -9 to 9 in a 4-bit word.
    for (let quarter = -36; quarter <= 36; quarter++) {
      const exact = quarter / 4;
      const code = quantizeValue(exact * 0.5, 0.5, 4);
      const distance = Math.abs(code - exact);
      if (Math.abs(exact) <= 7.5) expect(distance).toBeLessThanOrEqual(0.5);
      if (distance === 0.5 && Math.abs(exact) < 7) expect(Math.abs(code % 2)).toBe(0);
      expect(Math.abs(code)).toBeLessThanOrEqual(7);
      expect(Object.is(code, -0)).toBe(false);
    }
  });
});

describe('fitMultipliers', () => {
  it('has multipliers that fit, each the nearest to its ratio, at the finest shift', () => {
    const signed = fc.array(fc.double({ min: -7, max: 7, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(signed, bits, (wanted, wordBits) => {
        const fit = fitMultipliers(wanted, wordBits);
        expect(absMax(fit.multiplier)).toBeLessThanOrEqual(maxMagnitude(wordBits));
        const shift = Math.max(0, fitShift(wanted, wordBits));
        wanted.forEach((ratio, i) => {
          const m = fit.multiplier[fit.multiplier.length === 1 ? 0 : i] ?? NaN;
          expect(fit.ratios[i]).toBe(m / 2 ** fit.shift);
          expect(Math.abs(m / 2 ** fit.shift - ratio)).toBeLessThanOrEqual(2 ** -shift / 2);
        });
        // A shift more would not fit, unless it is the deepest there is.
        const finer = absMax(wanted) * 2 ** (shift + 1);
        expect(finer > maxMagnitude(wordBits) || shift === 48 || absMax(wanted) === 0).toBe(true);
      }),
    );
  });

  it('takes more bits than wanted for a ratio above the word, rather than another ratio', () => {
    expect(fitMultipliers([100, 25], 4)).toMatchObject({ multiplier: [100, 25], shift: 0 });
  });

  it('keeps the sign of a ratio', () => {
    const fit = fitMultipliers([-0.75, 0.5], 4);
    expect(fit).toEqual({ multiplier: [-6, 4], shift: 3, ratios: [-0.75, 0.5] });
  });

  it('needs only the shift where all ratios are the same power of two', () => {
    expect(fitMultipliers([0.125, 0.125, 0.125], 16)).toMatchObject({ multiplier: [1], shift: 3 });
  });
});

describe('absorbMultipliers', () => {
  it('grows each weight scale by so little that its multiplier is exact', () => {
    fc.assert(
      fc.property(ratios, bits, (wanted, wordBits) => {
        const fit = absorbMultipliers(wanted, wordBits, 'real');
        const shift = Math.max(0, fitShift(wanted, wordBits - 1));
        wanted.forEach((ratio, i) => {
          const m = fit.multiplier[fit.multiplier.length === 1 ? 0 : i] ?? NaN;
          const growth = fit.growth[i] ?? NaN;
          expect(Math.abs(m)).toBeLessThanOrEqual(maxMagnitude(wordBits));
          // Grown ratio = multiplier / 2^shift, but for the last bit of the float product.
          expect((ratio * growth) / (m / 2 ** fit.shift)).toBeCloseTo(1, 14);
          expect(growth).toBeGreaterThanOrEqual(1);
          // Rounding the multiplier up adds less than one to it.
          const exact = ratio * 2 ** shift;
          if (exact >= 1) expect(growth).toBeLessThan(1 + 1 / exact);
        });
      }),
    );
  });

  it('has powers of two where a shift must do', () => {
    fc.assert(
      fc.property(ratios, bits, (wanted, wordBits) => {
        const powers = wanted.map(powerOfTwoAbove);
        const fit = absorbMultipliers(powers, wordBits, 'power_of_two');
        const shift = Math.max(0, fitShift(powers, wordBits - 1));
        for (const m of fit.multiplier) {
          expect(isPowerOfTwo(m) && m <= maxMagnitude(wordBits)).toBe(true);
        }
        powers.forEach((ratio, i) => {
          // A value that fits the word is exact.
          if (ratio * 2 ** shift >= 1) expect(fit.growth[i]).toBe(1);
        });
      }),
    );
  });

  it('keeps the smallest multiplier for a row too small for any', () => {
    const fit = absorbMultipliers([1, 1e-9], 8, 'real');
    expect(fit.multiplier).toEqual([32, 1]);
    expect(fit.shift).toBe(5);
    expect(fit.growth).toEqual([1, 1 / 1e-9 / 32]);
  });
});
