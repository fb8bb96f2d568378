import { expect, it } from 'vitest';
import { at } from '../../src/base/at.js';
import { argmax, forward, prepare } from '../../src/float/s5/forward.js';
import { initModel } from '../../src/float/s5/init.js';
import type { S5Model } from '../../src/float/s5/model.js';
import { createFastEngine } from '../../src/train/fast/engine.js';
import { modelParameters } from '../../src/train/graph/model_parameters.js';
import { createRunner } from '../../src/train/graph/runner.js';
import { s5Graph } from '../../src/train/graph/s5_graph.js';
import { ADAMW, startAdamW, stepAdamW } from '../../src/train/loop/adamw.js';
import { floatFormulation } from '../../src/train/loop/formulation.js';
import { localLane } from '../../src/train/loop/lane.js';
import { dropoutMasks, epochOrder } from '../../src/train/loop/masks.js';
import { rateAt } from '../../src/train/loop/schedule.js';
import { trainStep, type Training } from '../../src/train/loop/train.js';
import { TINY } from '../s5/specs.js';
import { randomSequences } from './small.js';

it('the first step of AdamW is the learning rate against the gradient, and decays regular only', () => {
  const parameters = (['ssm', 'regular'] as const).map((group) => ({
    name: group,
    group,
    data: Float64Array.from([2, -3]),
  }));
  const gradients = new Map(parameters.map(({ name }) => [name, Float64Array.from([0.5, -4])]));
  const rates = { ssm: 0.1, regular: 0.01 };
  const state = stepAdamW(startAdamW(parameters), parameters, gradients, rates, {
    ...ADAMW,
    eps: 0,
    weightDecay: 0.5,
  });
  expect(state.steps).toBe(1);
  // The unbiased averages of one step are g and g^2, but for roundings.
  const [ssm, regular] = parameters.map(({ data }) => data);
  for (const [own, wanted] of [
    [ssm, [2 - 0.1, -3 + 0.1]],
    [regular, [2 - 0.01 - 0.01, -3 + 0.01 + 0.015]],
  ] as const) {
    for (const [i, value] of wanted.entries()) expect(own?.[i]).toBeCloseTo(value, 12);
  }
});

it('the second step of AdamW joins two gradients', () => {
  const parameter = { name: 'w', group: 'ssm', data: Float64Array.from([0]) } as const;
  let state = startAdamW([parameter]);
  for (const slope of [1, 3]) {
    const gradients = new Map([['w', Float64Array.from([slope])]]);
    state = stepAdamW(state, [parameter], gradients, { ssm: 1, regular: 0 }, { ...ADAMW, eps: 0 });
  }
  const mean = (0.9 * 0.1 + 0.1 * 3) / (1 - 0.81);
  const square = (0.999 * 0.001 + 0.001 * 9) / (1 - 0.998001);
  expect(parameter.data[0]).toBeCloseTo(-1 - mean / Math.sqrt(square), 10);
});

it('the learning rate rises in a line, and falls in a cosine', () => {
  const schedule = { warmup: 10, steps: 110, floor: 0.1 };
  expect(rateAt(schedule, 5)).toBe(0.5);
  expect(rateAt(schedule, 10)).toBe(1);
  expect(rateAt(schedule, 60)).toBeCloseTo(0.55, 12);
  expect(rateAt(schedule, 110)).toBeCloseTo(0.1, 12);
});

it('a dropout mask drops its share, keeps the mean, and follows from its place alone', () => {
  const graph = s5Graph({ ...TINY, features: 2000, layers: 1 }, { dropout: true });
  const masks = [...dropoutMasks(graph, 0.25, 1, 2, 3).values()];
  expect(masks).toHaveLength(2);
  for (const mask of masks) {
    expect([...new Set(mask)].sort()).toEqual([0, 1 / 0.75]);
    // Four standard deviations of the share of 2000 draws.
    expect(Math.abs(mask.filter((one) => one === 0).length / 2000 - 0.25)).toBeLessThan(0.04);
  }
  expect([...dropoutMasks(graph, 0.25, 1, 2, 3).values()]).toEqual(masks);
  expect([...dropoutMasks(graph, 0.25, 1, 3, 3).values()]).not.toEqual(masks);
});

it('an epoch takes every sequence once, in an order of its own', () => {
  const order = epochOrder(100, 4, 0);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(epochOrder(100, 4, 0)).toEqual(order);
  expect(epochOrder(100, 4, 1)).not.toEqual(order);
});

const LENGTH = 20;
const COUNT = 60;
const SPEC = { ...TINY, inputs: 1, outputs: 2, features: 8, stateSize: 4 };

/** Noise with a mean of one sign: its sign is the class, which the initial network gets wrong. */
const classOf = (index: number): number => 1 - (index % 2);
const noise = randomSequences(COUNT, LENGTH, 3).map((one, index) =>
  one.map((value) => value + (index % 2 === 0 ? 0.7 : -0.7)),
);

const train = async (epochs: number, dropout: number, lanes: number): Promise<S5Model> =>
  trainModel(initModel(SPEC), epochs, dropout, lanes);

async function trainModel(
  model: S5Model,
  epochs: number,
  dropout: number,
  lanes: number,
): Promise<S5Model> {
  const formulation = floatFormulation(SPEC, { dropout: dropout > 0, stepRescale: 1 });
  const size = { sequences: 10, length: LENGTH, tile: 8 };
  const training: Training = {
    formulation,
    lanes: Array.from({ length: lanes }, () =>
      localLane(createRunner(createFastEngine(), formulation.graph, size)),
    ),
    set: {
      count: COUNT,
      length: LENGTH,
      input: (index) => at(noise, index),
      target: (index) => ({ kind: 'class', label: classOf(index) }),
    },
    settings: {
      seed: 11,
      batch: 10,
      schedule: { warmup: 6, steps: 6 * epochs, floor: 0 },
      rates: { ssm: 0.004, regular: 0.016 },
      adamw: ADAMW,
      dropout,
      momentum: 0.9,
      clipEigs: true,
      clipGradient: Infinity,
    },
  };
  let state = startAdamW(modelParameters(model));
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = epochOrder(COUNT, 11, epoch);
    for (let first = 0; first < COUNT; first += 10) {
      ({ state } = await trainStep(model, state, order.slice(first, first + 10), training));
    }
  }
  expect(state.steps).toBe(6 * epochs);
  return model;
}

it('a trained network tells two classes apart in the float network of inference', async () => {
  const correct = (model: S5Model): number => {
    const ready = prepare(model);
    return noise.filter((input, index) => argmax(forward(ready, input, LENGTH)) === classOf(index))
      .length;
  };
  expect(correct(initModel(SPEC))).toBeLessThan(0.5 * COUNT);
  expect(correct(await train(12, 0, 1))).toBeGreaterThan(0.95 * COUNT);
});

it('no eigenvalue leaves the left half plane', async () => {
  const model = initModel(SPEC);
  const ssm = at(model.layers, 0).ssm;
  ssm.lambdaRe[0] = 3;
  const trained = await trainModel(model, 1, 0, 1);
  expect(at(trained.layers, 0).ssm.lambdaRe[0]).toBeLessThanOrEqual(-1e-4);
});

it('training twice gives the same bytes, for each number of lanes', async () => {
  for (const lanes of [1, 2]) {
    expect(await train(2, 0.2, lanes)).toEqual(await train(2, 0.2, lanes));
  }
});

it('a loss that is not finite ends the training', async () => {
  const model = initModel(SPEC);
  model.decoder.bias[0] = NaN;
  const formulation = floatFormulation(SPEC, { dropout: false, stepRescale: 1 });
  const { graph } = formulation;
  const runner = createRunner(createFastEngine(), graph, { sequences: 2, length: 3, tile: 3 });
  const training: Training = {
    formulation: floatFormulation(SPEC, { dropout: false, stepRescale: 1 }),
    lanes: [localLane(runner)],
    set: {
      count: 2,
      length: 3,
      input: () => new Float64Array(3),
      target: () => ({ kind: 'class', label: 0 }),
    },
    settings: {
      seed: 1,
      batch: 2,
      schedule: { warmup: 1, steps: 2, floor: 0 },
      rates: { ssm: 0.1, regular: 0.1 },
      adamw: ADAMW,
      dropout: 0,
      momentum: 0.9,
      clipEigs: false,
      clipGradient: Infinity,
    },
  };
  const state = startAdamW(modelParameters(model));
  await expect(trainStep(model, state, [0, 1], training)).rejects.toThrow('The loss of step 1');
  expect(at(model.encoder.bias, 0)).toBe(0);
});
