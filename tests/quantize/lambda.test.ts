import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Qs5Error } from '../../src/base/errors.js';
import { ANCHORS, lambdaAsIntegers, type LambdaBar } from '../../src/network/types.js';
import { quantizeLambda } from '../../src/network/quantize/lambda.js';

interface Pole {
  readonly re: number;
  readonly im: number;
}

/** From the middle of the disc to 1e-9 of its edge, most of them slow. */
const pole = fc
  .tuple(
    fc.double({ min: -9, max: -0.01, noNaN: true }),
    fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
  )
  .map(([exponent, angle]): Pole => {
    const size = 1 - 10 ** exponent;
    return { re: size * Math.cos(angle), im: size * Math.sin(angle) };
  });
const poles = fc.array(pole, { minLength: 1, maxLength: 5 });

const NEAREST = { kind: 'nearest' } as const;

const quantized =
  (form: LambdaBar['form']) =>
  (all: readonly Pole[], lambda: number, state = 24): LambdaBar =>
    quantizeLambda(
      { re: Float64Array.from(all, ({ re }) => re), im: Float64Array.from(all, ({ im }) => im) },
      form,
      { lambda, state },
      NEAREST,
      'Lambda',
    ).lambda;
const direct = quantized('direct');
const delta = quantized('delta');
const anchored = quantized('anchored');

/** The poles that the hardware multiplies by. */
function realised(lambda: LambdaBar): Pole[] {
  const { re, im } = lambdaAsIntegers(lambda);
  return re.map((c, p) => ({ re: c / 2 ** lambda.frac, im: (im[p] ?? NaN) / 2 ** lambda.frac }));
}

const distance = (a: Pole, b: Pole) => Math.hypot(a.re - b.re, a.im - b.im);

/** re^2 + im^2 < 2^(2 frac), in whole numbers without a bound. */
function expectInside(lambda: LambdaBar): void {
  const { re, im } = lambdaAsIntegers(lambda);
  const one = 1n << BigInt(2 * lambda.frac);
  re.forEach((c, p) => {
    const s = im[p] ?? NaN;
    expect(BigInt(c) ** 2n + BigInt(s) ** 2n).toBeLessThan(one);
  });
}

/** Distance from a pole to the nearest stable point of a grid given by its axes. */
function nearestOf(wanted: Pole, res: readonly number[], ims: readonly number[]): number {
  let best = Infinity;
  for (const re of res) {
    for (const im of ims) {
      if (re * re + im * im < 1) best = Math.min(best, distance({ re, im }, wanted));
    }
  }
  return best;
}

/** Every value m * 2^-e of mantissas of `width` bits with exponents of a list. */
function codes(width: number, exponents: readonly number[]): number[] {
  const max = 2 ** (width - 1) - 1;
  const all = exponents.flatMap((e) =>
    Array.from({ length: 2 * max + 1 }, (_, i) => (i - max) * 2 ** -e),
  );
  return [...new Set(all)];
}

/** Poles from 0 to the edge of the disc in all directions, the edge more densely. */
const SIZES = [0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 1 - 1e-9];
const GRID: readonly Pole[] = SIZES.flatMap((size) =>
  Array.from({ length: 48 }, (_, k) => {
    const angle = (2 * Math.PI * (k + 0.1)) / 48;
    return { re: size * Math.cos(angle), im: size * Math.sin(angle) };
  }),
);

describe('quantised poles', () => {
  it('are strictly inside the unit circle, direct', () => {
    fc.assert(
      fc.property(poles, fc.integer({ min: 2, max: 24 }), (all, width) => {
        const lambda = direct(all, width);
        expectInside(lambda);
        const max = 2 ** (width - 1) - 1;
        for (const code of [...lambda.re, ...lambda.im]) {
          expect(Math.abs(code)).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  it.each([
    ['delta', delta],
    ['anchored', anchored],
  ] as const)('are strictly inside the unit circle, %s', (_form, quantize) => {
    const bits = fc.integer({ min: 2, max: 24 });
    fc.assert(
      fc.property(poles, bits, bits, (all, width, maxFrac) => {
        const lambda = quantize(all, width, maxFrac);
        expectInside(lambda);
        expect(lambda.frac).toBeLessThanOrEqual(maxFrac);
        const max = 2 ** (width - 1) - 1;
        for (const code of [...lambda.re, ...lambda.im]) {
          expect(Math.abs(code)).toBeLessThanOrEqual(max);
        }
        if (lambda.form === 'direct') throw new Error('direct');
        for (const shift of [...lambda.reShift, ...lambda.imShift]) {
          expect(shift).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it.each([2, 3, 4, 5])('are the nearest stable ones of all, direct, %i bits', (width) => {
    const axis = codes(width, [width - 1]);
    for (const wanted of GRID) {
      const [found = wanted] = realised(direct([wanted], width));
      expect(distance(found, wanted)).toBeCloseTo(nearestOf(wanted, axis, axis), 12);
    }
  });

  it.each([
    [2, 4],
    [3, 4],
    [4, 6],
    [5, 8],
  ])(
    'are the nearest stable ones of all, delta and anchored, %i bits, finest step 2^-%i',
    (width, maxFrac) => {
      const axis = codes(
        width,
        Array.from({ length: maxFrac + 4 }, (_, i) => i - 3),
      );
      const res = axis.map((d) => 1 - d);
      for (const wanted of GRID) {
        const [found = wanted] = realised(delta([wanted], width, maxFrac));
        const best = nearestOf(wanted, res, axis);
        expect(distance(found, wanted), `of ${wanted.re} ${wanted.im}`).toBeCloseTo(best, 12);
        const [other = wanted] = realised(anchored([wanted], width, maxFrac));
        const bests = ANCHORS.map(({ re, im }) =>
          nearestOf(
            wanted,
            axis.map((d) => re - d),
            axis.map((d) => im - d),
          ),
        );
        expect(distance(other, wanted)).toBeCloseTo(Math.min(...bests), 12);
      }
    },
  );
});

describe('delta', () => {
  it('is nearer at 6 bits than direct at 8, for every slow pole', () => {
    for (const rate of [0.0005, 0.001, 0.002, 0.005, 0.01]) {
      for (const ratio of [-3, -1, -0.3, 0.2, 1, 2.5]) {
        const size = Math.exp(-rate);
        const angle = rate * ratio;
        const wanted = { re: size * Math.cos(angle), im: size * Math.sin(angle) };
        const [short = wanted] = realised(delta([wanted], 6, 24));
        const [long = wanted] = realised(direct([wanted], 8));
        expect(distance(short, wanted)).toBeLessThan(distance(long, wanted));
      }
    }
  });
});

describe('poles outside the unit circle', () => {
  const text = (fn: () => unknown): string => {
    try {
      fn();
    } catch (error) {
      if (error instanceof Qs5Error) return error.format();
      throw error;
    }
    return 'no error';
  };

  it.each([
    ['direct', (all: Pole[]) => direct(all, 8)],
    ['delta', (all: Pole[]) => delta(all, 8, 16)],
    ['anchored', (all: Pole[]) => anchored(all, 8, 16)],
  ] as const)('are E_UNSTABLE in the %s form', (_, quantize) => {
    const fine = { re: 0.9, im: 0.1 };
    expect(text(() => quantize([fine, { re: 0.8, im: -0.6 }]))).toBe(
      [
        'Lambda  E_UNSTABLE',
        '  Pole 1 is not inside the unit circle: |lambda_bar| = 1.0000000.',
        '  hint: train with clipped eigenvalues (Re Lambda < 0); a quantised network cannot hold it.',
      ].join('\n'),
    );
    expect(text(() => quantize([{ re: 1.25, im: 0 }]))).toContain('Pole 0 is not inside');
    expect(text(() => quantize([fine]))).toBe('no error');
  });
});
