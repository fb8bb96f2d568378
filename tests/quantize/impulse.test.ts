import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { impulseMatch, type Complex } from '../../src/network/quantize/impulse.js';
import { at } from '../../src/base/at.js';
import { median } from '../../src/base/median.js';
import { initModel } from '../../src/float/s5/init.js';
import { prepare } from '../../src/float/s5/prepare.js';
import { lambdaAsIntegers, type LambdaBar } from '../../src/network/types.js';
import { TINY } from '../s5/specs.js';
import { quantizeLambda } from '../../src/network/quantize/lambda.js';

const times = (a: Complex, b: Complex): Complex => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
});

/** sum |w^k - g q^k|^2 / sum |w^k|^2, step by step. */
function mismatch(w: Complex, q: Complex, gain: Complex, length: number): number {
  let [a, b]: [Complex, Complex] = [{ re: 1, im: 0 }, gain];
  let [error, energy] = [0, 0];
  for (let k = 0; k < length; k++) {
    error += (a.re - b.re) ** 2 + (a.im - b.im) ** 2;
    energy += a.re ** 2 + a.im ** 2;
    [a, b] = [times(a, w), times(b, q)];
  }
  return error / energy;
}

const pole = fc
  .tuple(
    fc.double({ min: 0, max: 0.9999, noNaN: true }),
    fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
  )
  .map(([size, angle]): Complex => ({ re: size * Math.cos(angle), im: size * Math.sin(angle) }));

describe('impulseMatch', () => {
  it('is the sum over the steps, and no other gain is better', () => {
    const nudge = fc.constantFrom(0.01, -0.01);
    fc.assert(
      fc.property(pole, pole, fc.integer({ min: 1, max: 300 }), nudge, (w, q, length, by) => {
        const { distance, gain } = impulseMatch(w, q, length);
        expect(distance).toBeCloseTo(mismatch(w, q, gain, length), 8);
        for (const other of [
          { ...gain, re: gain.re + by },
          { ...gain, im: gain.im + by },
        ]) {
          expect(mismatch(w, q, other, length)).toBeGreaterThan(distance - 1e-9);
        }
      }),
    );
  });

  it('is nothing for the same pole', () => {
    fc.assert(
      fc.property(pole, (w) => {
        const { distance, gain } = impulseMatch(w, w, 784);
        expect(distance).toBeLessThan(1e-12);
        expect(gain.re).toBeCloseTo(1, 10);
        expect(gain.im).toBeCloseTo(0, 10);
      }),
    );
  });
});

describe('poles chosen by their impulse response', () => {
  it('with their gain come nearer to it than the nearest poles, at every word length', () => {
    const length = 784;
    const wanted: readonly Complex[] = [
      { re: 0.9245, im: -0.3793 },
      { re: 0.9993, im: -0.0122 },
      { re: -0.83, im: 0.5 },
      { re: 0.9374, im: -0.3408 },
    ];
    const re = Float64Array.from(wanted, (w) => w.re);
    const im = Float64Array.from(wanted, (w) => w.im);
    const worst = (choice: 'nearest' | 'impulse', bits: number, form: LambdaBar['form']) => {
      const rule = choice === 'impulse' ? { kind: choice, length } : { kind: choice };
      const widths = { lambda: bits, state: 16 };
      const found = quantizeLambda({ re, im }, form, widths, rule, 'Lambda');
      const unit = 2 ** -found.lambda.frac;
      const integers = lambdaAsIntegers(found.lambda);
      return wanted.map((w, p) => {
        const q = { re: (integers.re[p] ?? NaN) * unit, im: (integers.im[p] ?? NaN) * unit };
        const gain = { re: found.gain.re[p] ?? NaN, im: found.gain.im[p] ?? NaN };
        return mismatch(w, q, gain, length);
      });
    };
    for (const form of ['direct', 'delta', 'anchored'] as const) {
      for (const bits of [4, 6, 8, 12]) {
        const nearest = worst('nearest', bits, form);
        worst('impulse', bits, form).forEach((error, p) => {
          expect(error).toBeLessThan((nearest[p] ?? NaN) + 1e-9);
        });
      }
    }
  });

  it.each([
    [4, 1.1],
    [6, 1.1],
    [8, 1.1],
  ])('is nearer in the form anchored than in delta, fresh HiPPO poles, %i bits', (bits, factor) => {
    const model = prepare(initModel({ ...TINY, layers: 1, stateSize: 32 }));
    const { lambdaBarRe: re, lambdaBarIm: im } = at(model.layers, 0).discrete;
    const errors = (form: LambdaBar['form']) => {
      const choice = { kind: 'impulse', length: 784 } as const;
      const widths = { lambda: bits, state: 24 };
      const { lambda } = quantizeLambda({ re, im }, form, widths, choice, 'Lambda');
      const found = lambdaAsIntegers(lambda);
      return Array.from(re, (a, p) => {
        const unit = 2 ** -lambda.frac;
        const pole = { re: at(found.re, p) * unit, im: at(found.im, p) * unit };
        return Math.sqrt(impulseMatch({ re: a, im: at(im, p) }, pole, 784).distance);
      });
    };
    const [anchored, delta] = [errors('anchored'), errors('delta')];
    // Every delta pole is an anchored one.
    anchored.forEach((error, p) => {
      expect(error).toBeLessThan(at(delta, p) + 1e-9);
    });
    expect(median(anchored) ?? NaN).toBeLessThan((median(delta) ?? NaN) / factor);
  });
});
