import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { syntheticDataset } from '../../src/float/dataset/synthetic.js';
import { initModel } from '../../src/float/s5/init.js';
import { runSsm } from '../../src/float/s5/layer.js';
import type { S5Layer, S5Model } from '../../src/float/s5/model.js';
import { prepare } from '../../src/float/s5/prepare.js';
import { add, discretePole, div, get, mul, pair, power, type Complex } from './naive.js';
import { TINY } from './specs.js';

/** One SSM, of 3 inputs and outputs and 4 states, its norm the identity. */
const spec = { ...TINY, layers: 1, features: 3, stateSize: 4, blocks: 2, normEps: 1e-300 };
const LENGTH = 40;

function only(model: S5Model): S5Layer {
  const [layer] = model.layers;
  if (layer === undefined) throw new Error('no layer');
  return layer;
}

function response(model: S5Model, u: Float64Array): Float64Array {
  const prepared = prepare(model);
  const [layer] = prepared.layers;
  if (layer === undefined) throw new Error('no layer');
  return runSsm(layer, prepared.shape, 0, u);
}

/** Sum over states of 2 Re(c_hp f(pole) bBar_pi): what every response of the SSM is made of. */
function modes(model: S5Model, h: number, i: number, f: (pole: Complex) => Complex): number {
  const { features, stateSize } = model.shape;
  const layer = only(model);
  let total: Complex = [0, 0];
  for (let p = 0; p < stateSize; p++) {
    const [pole, gain] = discretePole(layer, model, p);
    const bBar = mul(gain, pair(layer.ssm.b, p * features + i));
    total = add(total, mul(pair(layer.ssm.c, h * stateSize + p), mul(f(pole), bBar)));
  }
  return 2 * total[0];
}

const direct = (model: S5Model, h: number, i: number): number =>
  h === i ? get(only(model).ssm.d, h) : 0;

/** Input of one channel `i` that is `value` at every step before `until`. */
const single = (i: number, until: number): Float64Array =>
  Float64Array.from({ length: 3 * LENGTH }, (_, n) => (n % 3 === i && n < 3 * until ? 1 : 0));

describe.each(['zoh', 'bilinear'] as const)('one SSM, %s', (discretization) => {
  const model = initModel({ ...spec, discretization });

  test('impulse response: 2 Re(C Lbar^k Bbar), and D at step 0', () => {
    for (let i = 0; i < 3; i++) {
      const y = response(model, single(i, 1));
      for (let k = 0; k < LENGTH; k++) {
        for (let h = 0; h < 3; h++) {
          const expected = modes(model, h, i, (pole) => power(pole, k));
          expect(get(y, 3 * k + h)).toBeCloseTo(expected + (k === 0 ? direct(model, h, i) : 0), 12);
        }
      }
    }
  });

  test('step response: the geometric sum', () => {
    for (let i = 0; i < 3; i++) {
      const y = response(model, single(i, LENGTH));
      for (let k = 0; k < LENGTH; k++) {
        for (let h = 0; h < 3; h++) {
          const expected = modes(model, h, i, (pole) => {
            const [re, im] = power(pole, k + 1);
            return div([1 - re, -im], [1 - pole[0], -pole[1]]);
          });
          expect(get(y, 3 * k + h)).toBeCloseTo(expected + direct(model, h, i), 11);
        }
      }
    }
  });

  test('any input: convolution with the impulse response', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const u = syntheticDataset({ seed, count: 1, length: LENGTH, inputs: 3 }).sequence(0);
        const y = response(model, u);
        const kernels = [0, 1, 2].map((i) => response(model, single(i, 1)));
        for (let k = 0; k < LENGTH; k++) {
          for (let h = 0; h < 3; h++) {
            let expected = 0;
            for (const [i, kernel] of kernels.entries()) {
              for (let j = 0; j <= k; j++) {
                expected += get(kernel, 3 * (k - j) + h) * get(u, 3 * j + i);
              }
            }
            expect(get(y, 3 * k + h)).toBeCloseTo(expected, 10);
          }
        }
      }),
      { numRuns: 10 },
    );
  });
});
