import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { discretize, expm1OverZ, type DiscreteSystem } from '../../src/float/s5/discretize.js';
import type { Discretization } from '../../src/float/s5/model.js';
import { add, div, get, mul, type Complex } from './naive.js';

/** One state of pole `lambda` driven by b = 1, at step `dt`. */
function scalar(lambda: Complex, dt: number, method: Discretization, rescale = 1): DiscreteSystem {
  const ssm = {
    lambdaRe: Float64Array.of(lambda[0]),
    lambdaIm: Float64Array.of(lambda[1]),
    b: Float64Array.of(1, 0),
    c: Float64Array.of(1, 0),
    d: Float64Array.of(0),
    logStep: Float64Array.of(Math.log(dt)),
  };
  return discretize(ssm, method, rescale);
}
const pole = (s: DiscreteSystem): Complex => [get(s.lambdaBarRe, 0), get(s.lambdaBarIm, 0)];
const gain = (s: DiscreteSystem): Complex => [get(s.bBarRe, 0), get(s.bBarIm, 0)];
const distance = (a: Complex, b: Complex): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** (exp(z) - 1) / z = the integral of exp(z t) over 0..1, by Taylor's series to rounding. */
function phiBySeries(z: Complex): Complex {
  let term: Complex = [1, 0];
  let total: Complex = [1, 0];
  for (let n = 2; n < 60; n++) {
    term = mul(term, [z[0] / n, z[1] / n]);
    total = add(total, term);
  }
  return total;
}

describe('zero-order hold', () => {
  test('exact at, below and above the limit of the series', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -12, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }),
        (exponent, angle) => {
          const size = 10 ** exponent;
          const z: Complex = [size * Math.cos(angle), size * Math.sin(angle)];
          const { re, im } = expm1OverZ({ re: z[0], im: z[1] });
          expect(distance([re, im], phiBySeries(z))).toBeLessThan(1e-14 * Math.exp(size));
        },
      ),
      { numRuns: 2000 },
    );
    expect(expm1OverZ({ re: 0, im: 0 })).toEqual({ re: 1, im: 0 });
  });

  test('tiny steps, where (lambdaBar - 1) / lambda loses every digit', () => {
    const lambda: Complex = [-0.5, 0.24];
    const dt = 1e-15;
    const found = gain(scalar(lambda, dt, 'zoh'));
    const exact = mul([dt, 0], phiBySeries(mul(lambda, [dt, 0])));
    expect(distance(found, exact) / dt).toBeLessThan(1e-14);
    const [re, im] = pole(scalar(lambda, dt, 'zoh'));
    const naive = div([re - 1, im], lambda);
    expect(distance(naive, exact) / dt).toBeGreaterThan(1e-2);
  });

  test('a real pole against the textbook', () => {
    const system = scalar([-2, 0], 0.5, 'zoh');
    expect(pole(system)[0]).toBeCloseTo(Math.exp(-1), 15);
    expect(gain(system)[0]).toBeCloseTo((1 - Math.exp(-1)) / 2, 15);
    expect([pole(system)[1], gain(system)[1]].map((x) => x + 0)).toEqual([0, 0]);
  });

  test('a pole at 0 integrates', () => {
    const system = scalar([0, 0], 0.25, 'zoh');
    expect(pole(system)).toEqual([1, 0]);
    expect(gain(system)).toEqual([0.25, 0]);
  });
});

describe('bilinear', () => {
  test('1 / (s - lambda) at s = 2/dt (z - 1)/(z + 1) for any z', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: -0.01, noNaN: true }),
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: 1e-4, max: 0.5, noNaN: true }),
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        (re, im, dt, angle) => {
          const lambda: Complex = [re, im];
          const z: Complex = [Math.cos(angle), Math.sin(angle)];
          const system = scalar(lambda, dt, 'bilinear');
          const s = mul([2 / dt, 0], div(add(z, [-1, 0]), add(z, [1, 0])));
          const analog = div([1, 0], add(s, [-re, -im]));
          // The S5 form is x_k = pole x_{k-1} + gain u_k, which drops Tustin's average of u_k and
          // u_{k-1} and puts gain z / (z - pole) in place of gain (z + 1) / 2 / (z - pole).
          const [poleRe, poleIm] = pole(system);
          const s5 = div(mul(gain(system), z), add(z, [-poleRe, -poleIm]));
          const tustin = mul(s5, div(add(z, [1, 0]), mul([2, 0], z)));
          expect(distance(tustin, analog)).toBeLessThan(1e-9 * (1 + Math.hypot(...analog)));
        },
      ),
    );
  });

  test('a real pole by hand', () => {
    const system = scalar([-2, 0], 0.5, 'bilinear');
    expect(pole(system)[0]).toBeCloseTo(1 / 3, 15);
    expect(gain(system)[0]).toBeCloseTo(1 / 3, 15);
  });
});

test('rescaling the step is a longer step', () => {
  for (const method of ['zoh', 'bilinear'] as const) {
    const a = scalar([-0.5, 3], 0.01, method, 4);
    const b = scalar([-0.5, 3], 0.04, method);
    expect(distance(pole(a), pole(b))).toBeLessThan(1e-15);
    expect(distance(gain(a), gain(b))).toBeLessThan(1e-15);
  }
});

test('poles of the left half plane end inside the unit circle', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -100, max: -1e-3, noNaN: true }),
      fc.double({ min: -5000, max: 5000, noNaN: true }),
      fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
      fc.constantFrom<Discretization>('zoh', 'bilinear'),
      (re, im, dt, method) => {
        expect(Math.hypot(...pole(scalar([re, im], dt, method)))).toBeLessThan(1);
      },
    ),
  );
});
