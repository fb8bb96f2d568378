import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/at.js';
import type { Discretization, SsmParameters } from '../../src/float/s5/model.js';
import { reference } from '../../src/train/engine/reference.js';
import { discreteWeights, discreteWeightsGradient } from '../../src/train/ops/discretize.js';
import { crossEntropy, smape, squaredError } from '../../src/train/ops/loss.js';
import { operationCases, runCase } from './cases.js';
import { randomSequences } from './small.js';

const STEP = 1e-3;

/** Extrapolated central difference of f by element i of `data`. */
function difference(data: Float64Array, i: number, f: () => number): number {
  const x = at(data, i);
  const valueAt = (value: number): number => {
    data[i] = value;
    const result = f();
    data[i] = x;
    return result;
  };
  const slope = (step: number): number => (valueAt(x + step) - valueAt(x - step)) / (2 * step);
  return (4 * slope(STEP / 2) - slope(STEP)) / 3;
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * at(b, i), 0);

/** The error of an extrapolated difference of functions of size 1 is about 1e-13 / STEP. */
function expectSlope(slope: number, wanted: number): void {
  expect(Math.abs(slope - wanted)).toBeLessThan(1e-8 * (1 + Math.abs(wanted)));
}

describe('the gradient of an operation is its finite difference', () => {
  it.each(operationCases(5, 3, 4).map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const inputs = one.inputs.map(({ rows, width }, i) =>
      at(randomSequences(1, rows * width, 20 + i), 0),
    );
    const dOut = at(randomSequences(1, one.out.rows * one.out.width, 40), 0);
    const { gradients } = runCase(reference, one, inputs, dOut);
    for (const [n, input] of inputs.entries()) {
      for (let i = 0; i < input.length; i++) {
        const wanted = difference(input, i, () =>
          dot(runCase(reference, one, inputs, dOut).out, dOut),
        );
        expectSlope(at(at(gradients, n), i), wanted);
      }
    }
  });
});

describe('the gradient of the discretisation is its finite difference', () => {
  const methods: readonly (readonly [Discretization, number])[] = [
    ['zoh', 0.1],
    // The series of the quotient at small steps.
    ['zoh', 1e-3],
    ['bilinear', 0.1],
  ];
  it.each(methods)('%s, step %d', (method, step) => {
    const [b = new Float64Array(), dB = new Float64Array()] = randomSequences(2, 2 * 2 * 3, 3);
    const ssm: SsmParameters = {
      lambdaRe: Float64Array.from([-0.5, -0.2]),
      lambdaIm: Float64Array.from([-3, 4]),
      b,
      c: new Float64Array(),
      d: new Float64Array(3),
      logStep: Float64Array.from([Math.log(step), Math.log(2 * step)]),
    };
    const slopes = { lambdaBar: Float64Array.from([0.3, -0.7, 1.1, 0.4]), bBar: dB };
    const gradient = discreteWeightsGradient(ssm, method, 1.5, slopes);
    const value = (): number => {
      const { lambdaBar, bBar } = discreteWeights(ssm, method, 1.5);
      return dot(lambdaBar, slopes.lambdaBar) + dot(bBar, slopes.bBar);
    };
    for (const key of ['lambdaRe', 'lambdaIm', 'b', 'logStep'] as const) {
      for (const [i, slope] of gradient[key].entries()) {
        expectSlope(slope, difference(ssm[key], i, value));
      }
    }
  });
});

it('the gradients of the losses are their finite differences', () => {
  const [scores = new Float64Array(), target = new Float64Array()] = randomSequences(2, 4, 8);
  for (const loss of [
    () => crossEntropy(scores, 2),
    () => squaredError(scores, target),
    () => smape(scores, target),
  ]) {
    for (const [i, slope] of loss().gradient.entries()) {
      expectSlope(
        slope,
        difference(scores, i, () => loss().loss),
      );
    }
  }
});

it('cross-entropy of scores far apart is finite', () => {
  expect(crossEntropy(Float64Array.from([1000, -1000]), 1).loss).toBe(2000);
});
