import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/at.js';
import { forward, prepare } from '../../src/float/s5/forward.js';
import type { S5Model } from '../../src/float/s5/model.js';
import { reference } from '../../src/train/engine/reference.js';
import { find, graphParameters, modelGradients } from '../../src/train/graph/graph_parameters.js';
import { modelParameters } from '../../src/train/graph/model_parameters.js';
import { createRunner } from '../../src/train/graph/runner.js';
import { s5Graph } from '../../src/train/graph/s5_graph.js';
import { batchScores } from '../../src/train/loop/batch.js';
import { localLane } from '../../src/train/loop/lane.js';
import { runningStatistics } from '../../src/train/loop/train.js';
import { specs, TINY } from '../s5/specs.js';
import { gradientsOf, randomModel, randomSequences, type SmallBatch } from './small.js';

const LENGTH = 7;

it('the graph gives the scores of the float network in inference', async () => {
  await fc.assert(
    fc.asyncProperty(specs, fc.integer({ min: 1, max: LENGTH }), async (spec, tile) => {
      const model = randomModel(spec);
      const graph = s5Graph(model.shape, { dropout: false });
      const inputs = randomSequences(2, LENGTH * spec.inputs, spec.seed);
      const runner = createRunner(reference, graph, { sequences: 2, length: LENGTH, tile });
      const scores = await batchScores(
        [localLane(runner)],
        {
          graph,
          weights: { tensors: graphParameters(model, 1) },
          sequences: inputs.map((input) => ({ input, masks: new Map() })),
          length: LENGTH,
        },
        runningStatistics(model, graph),
      );
      for (const [n, input] of inputs.entries()) {
        const expected = forward(prepare(model), input, LENGTH);
        const own = at(scores, n);
        expect(own.length).toBe(expected.length);
        // Both are float64, with sums in another order.
        for (const [i, score] of own.entries()) {
          const wanted = at(expected, i);
          expect(Math.abs(score - wanted)).toBeLessThan(1e-9 * (1 + Math.abs(wanted)));
        }
      }
    }),
    { numRuns: 60 },
  );
});

/** Two central differences, of which the extrapolation cancels the error of second order. */
const STEP = 1e-4;

async function worstGradient(model: S5Model, batch: SmallBatch): Promise<number> {
  const result = await gradientsOf(() => reference, model, batch);
  const gradients = modelGradients(model, 1, result.gradients);
  const lossAt = async (data: Float64Array, i: number, value: number): Promise<number> => {
    const before = at(data, i);
    data[i] = value;
    const { loss } = await gradientsOf(() => reference, model, batch);
    data[i] = before;
    return loss;
  };
  let worst = 0;
  for (const { name, data } of modelParameters(model)) {
    const gradient = find(gradients, name);
    expect(gradient.length).toBe(data.length);
    for (let i = 0; i < data.length; i++) {
      const x = at(data, i);
      const slope = async (step: number): Promise<number> =>
        ((await lossAt(data, i, x + step)) - (await lossAt(data, i, x - step))) / (2 * step);
      const difference = (4 * (await slope(STEP / 2)) - (await slope(STEP))) / 3;
      const error = Math.abs(difference - at(gradient, i)) / (1e-2 + Math.abs(difference));
      worst = Math.max(worst, error);
    }
  }
  return worst;
}

const classes: SmallBatch = {
  inputs: randomSequences(3, LENGTH * TINY.inputs, 5),
  length: LENGTH,
  tile: 3,
  target: (index) => ({ kind: 'class', label: index % 3 }),
};

describe('gradients of a whole network are its finite differences', () => {
  const cases: readonly (readonly [string, Partial<typeof TINY>])[] = [
    ['half_glu1, batch norm', {}],
    ['half_glu2, layer norm', { activation: 'half_glu2', norm: 'layer', normEps: 1e-3 }],
    ['full_glu, erf', { activation: 'full_glu', gelu: 'erf' }],
    ['gelu alone', { activation: 'gelu' }],
    ['both directions', { bidirectional: true }],
    ['bilinear', { discretization: 'bilinear', dtMin: 0.1, dtMax: 1 }],
    ['batch norm behind the layer', { prenorm: false }],
    [
      'layer norm without bias behind the layer',
      { prenorm: false, norm: 'layer', normBias: false },
    ],
    ['the last step', { pooling: 'last' }],
    ['no conjugate pairs', { conjSym: false }],
  ];
  it.each(cases)('%s', async (_name, change) => {
    const model = randomModel({ ...TINY, ...change });
    // The error of the differences is about 1e-12 / STEP.
    expect(await worstGradient(model, classes)).toBeLessThan(1e-6);
  });

  it('squared error of every step', async () => {
    const model = randomModel({ ...TINY, pooling: 'none' });
    const targets = randomSequences(3, LENGTH * TINY.outputs, 9);
    const target: SmallBatch['target'] = (index) => ({
      kind: 'squared_error',
      values: at(targets, index),
    });
    expect(await worstGradient(model, { ...classes, target })).toBeLessThan(1e-6);
  });

  it('dropout', async () => {
    const model = randomModel(TINY);
    const masks = [
      [2, 0, 2, 2],
      [0, 2, 2, 0],
      [2, 2, 0, 0],
    ].map((mask) => Float64Array.from(mask));
    expect(await worstGradient(model, { ...classes, masks })).toBeLessThan(1e-6);
  });
});

it('gradients do not depend on the tile, and on the lanes by roundings only', async () => {
  const model = randomModel({ ...TINY, pooling: 'last' });
  const one = await gradientsOf(() => reference, model, classes);
  for (const change of [{ tile: 1 }, { tile: 100 }, { lanes: 2 }]) {
    const other = await gradientsOf(() => reference, model, { ...classes, ...change });
    for (const [name, gradient] of one.gradients) {
      for (const [i, slope] of find(other.gradients, name).entries()) {
        expect(Math.abs(slope - at(gradient, i))).toBeLessThan(1e-12);
      }
    }
  }
});
