import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/at.js';
import { reference } from '../../src/train/engine/reference.js';
import { createFastEngine } from '../../src/train/fast/engine.js';
import { find } from '../../src/train/graph/graph_parameters.js';
import { TINY } from '../s5/specs.js';
import { operationCases, runCase } from './cases.js';
import { gradientsOf, randomModel, randomSequences, type SmallBatch } from './small.js';

/** Largest difference, relative to the largest value: the kernels have 24 bits. */
function differenceOf(own: Float64Array, wanted: Float64Array): number {
  const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return own.reduce((most, value, i) => Math.max(most, Math.abs(value - at(wanted, i))), 0) / size;
}

// Rows and widths with and without a rest of the blocks of the kernels, and of blocks of 64 rows.
const SIZES = [
  [1, 1, 1],
  [5, 3, 9],
  [13, 12, 4],
  [8, 16, 24],
  [67, 20, 40],
] as const;

describe.each(SIZES)('%d rows of %d elements, matrices of %d rows', (rows, width, outputs) => {
  const cases = operationCases(rows, width, outputs);
  it.each(cases.map((one) => [one.name, one] as const))('%s equals float64', (_name, one) => {
    const inputs = one.inputs.map((tensor, i) =>
      at(randomSequences(1, tensor.rows * tensor.width, 60 + i), 0),
    );
    const dOut = at(randomSequences(1, one.out.rows * one.out.width, 80), 0);
    const fast = runCase(createFastEngine(), one, inputs, dOut);
    const wanted = runCase(reference, one, inputs, dOut);
    expect(differenceOf(fast.out, wanted.out)).toBeLessThan(1e-5);
    for (const [n, gradient] of fast.gradients.entries()) {
      expect(differenceOf(gradient, at(wanted.gradients, n))).toBeLessThan(1e-4);
    }
  });
});

describe('gradients of a network in float32 are those in float64', () => {
  const LENGTH = 50;
  const batch: SmallBatch = {
    inputs: randomSequences(4, LENGTH * TINY.inputs, 5),
    length: LENGTH,
    tile: 16,
    target: (index) => ({ kind: 'class', label: index % 3 }),
  };
  const cases: readonly (readonly [string, Partial<typeof TINY>])[] = [
    ['half_glu1, batch norm', { features: 8, stateSize: 8 }],
    ['odd sizes', { features: 7, stateSize: 5 }],
    ['layer norm, full_glu', { norm: 'layer', activation: 'full_glu', features: 6 }],
    ['both directions, bilinear', { bidirectional: true, discretization: 'bilinear' }],
    ['half_glu2, batch norm behind the layer', { activation: 'half_glu2', prenorm: false }],
    ['last step, erf, hard sigmoid', { pooling: 'last', gelu: 'erf', sigmoid: 'hard' }],
    ['q_gelu', { gelu: 'q_gelu', activation: 'gelu' }],
  ];
  it.each(cases)('%s', async (_name, change) => {
    const model = randomModel({ ...TINY, ...change });
    const fast = await gradientsOf(createFastEngine, model, batch);
    const wanted = await gradientsOf(() => reference, model, batch);
    expect(Math.abs(fast.loss - wanted.loss)).toBeLessThan(1e-5);
    for (const [name, gradient] of wanted.gradients) {
      expect(differenceOf(find(fast.gradients, name), gradient), name).toBeLessThan(1e-4);
    }
  });

  it('the same bytes twice', async () => {
    const model = randomModel(TINY);
    const [one, other] = await Promise.all([
      gradientsOf(createFastEngine, model, batch),
      gradientsOf(createFastEngine, model, batch),
    ]);
    expect(one).toEqual(other);
  });
});
