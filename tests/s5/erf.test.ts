import { expect, test } from 'vitest';
import fc from 'fast-check';
import { erfGelu, gelu } from '../../src/float/s5/activation.js';
import { erfc } from '../../src/float/s5/erf.js';

/** From the tables of Abramowitz and Stegun and from 40-digit arithmetic. */
const KNOWN: readonly (readonly [number, number])[] = [
  [-3, 1.9999779095030015],
  [-1.5, 1.9661051464753108],
  [-0.5, 1.5204998778130465],
  [0, 1.0],
  [0.0001, 0.9998871620836666],
  [0.25, 0.7236736098317631],
  [0.5, 0.4795001221869535],
  [0.84375, 0.23277433876765838],
  [1, 0.15729920705028513],
  [1.25, 0.07709987174354177],
  [1.5, 0.033894853524689274],
  [2, 0.004677734981047266],
  [2.75, 0.00010062192211963683],
  [3, 2.209049699858544e-5],
  [4, 1.541725790028002e-8],
  [5, 1.537459794428035e-12],
  [6, 2.1519736712498913e-17],
  [8, 1.1224297172982926e-29],
];

test('erfc at known values, to a rounding', () => {
  for (const [x, value] of KNOWN) {
    expect(Math.abs(erfc(x) / value - 1), `erfc(${x})`).toBeLessThan(4e-16);
  }
  expect([erfc(-Infinity), erfc(-30), erfc(30), erfc(Infinity)]).toEqual([2, 2, 0, 0]);
  expect(erfc(NaN)).toBeNaN();
});

/** erf as its series with terms of one sign, which loses no digit. */
function seriesErf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 300; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

test('erfc is 1 less the series of erf, and falls', () => {
  const inRange = fc.double({ min: -4, max: 4, noNaN: true });
  fc.assert(
    fc.property(inRange, inRange, (x, y) => {
      expect(Math.abs(erfc(x) - (1 - seriesErf(x)))).toBeLessThan(2e-15);
      if (x < y) expect(erfc(x)).toBeGreaterThanOrEqual(erfc(y));
    }),
    { numRuns: 2000 },
  );
});

test('erf GELU at values known from torch.nn.functional.gelu', () => {
  // x times the normal distribution up to x.
  expect(erfGelu(1)).toBeCloseTo(0.8413447460685429, 15);
  expect(erfGelu(-1)).toBeCloseTo(-0.15865525393145707, 15);
  expect(erfGelu(2)).toBeCloseTo(1.9544997361036416, 15);
  expect(erfGelu(-3)).toBeCloseTo(-0.0040496940949, 12);
  expect(erfGelu(0)).toBe(0);
  // The tail keeps its relative precision.
  expect(erfGelu(-10) / -7.619853024160525e-23).toBeCloseTo(1, 13);
  // The tanh form is another function, by up to 4.7e-4.
  const apart = Array.from({ length: 801 }, (_, i) => (i - 400) / 100).map((x) =>
    Math.abs(erfGelu(x) - gelu(x)),
  );
  expect(Math.max(...apart)).toBeGreaterThan(4e-4);
  expect(Math.max(...apart)).toBeLessThan(5e-4);
});
