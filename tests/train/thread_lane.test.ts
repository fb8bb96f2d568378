import { expect, it } from 'vitest';
import { at } from '../../src/base/at.js';
import { reference } from '../../src/train/engine/reference.js';
import { createFastEngine } from '../../src/train/fast/engine.js';
import { graphParameters } from '../../src/train/graph/graph_parameters.js';
import { createRunner } from '../../src/train/graph/runner.js';
import { s5Graph } from '../../src/train/graph/s5_graph.js';
import { batchGradients, batchScores } from '../../src/train/loop/batch.js';
import { localLane, type Lane } from '../../src/train/loop/lane.js';
import { threadLane } from '../../src/train/loop/thread_lane.js';
import { runningStatistics } from '../../src/train/loop/train.js';
import { TINY } from '../s5/specs.js';
import { gradientsOf, randomModel, randomSequences, type SmallBatch } from './small.js';

const LENGTH = 30;

it('two threads give the bytes of two lanes in one thread', async () => {
  const model = randomModel(TINY);
  const graph = s5Graph(TINY, { dropout: false });
  const size = { sequences: 3, length: LENGTH, tile: 8 };
  const inputs = randomSequences(5, LENGTH * TINY.inputs, 2);
  const run = async (lanes: readonly Lane[]) =>
    batchGradients(lanes, {
      graph,
      weights: { tensors: graphParameters(model, 1) },
      sequences: inputs.map((input, index) => ({
        input,
        masks: new Map(),
        target: { kind: 'class', label: index % 3 },
      })),
      length: LENGTH,
    });
  const threads = [threadLane({ graph, size }), threadLane({ graph, size })];
  try {
    const local = [0, 1].map(() => localLane(createRunner(createFastEngine(), graph, size)));
    const wanted = await run(local);
    expect(await run(threads)).toEqual(wanted);
    // A second batch reuses the memory of the first.
    expect(await run(threads)).toEqual(wanted);
  } finally {
    await Promise.all(threads.map(async ({ close }) => close()));
  }
});

it('an error of a thread is that of its call', async () => {
  const graph = s5Graph(TINY, { dropout: false });
  const lane = threadLane({ graph, size: { sequences: 1, length: LENGTH, tile: 8 } });
  const none = new Map<string, Float64Array>();
  await expect(lane.start({ tensors: none }, [])).rejects.toThrow('no tensor encoder/weights');
  await lane.close();
});

it('sequences are shared out in order', async () => {
  const model = randomModel(TINY);
  const graph = s5Graph(TINY, { dropout: false });
  const inputs = randomSequences(5, LENGTH * TINY.inputs, 2);
  const size = { sequences: 5, length: LENGTH, tile: 8 };
  const scores = async (count: number) => {
    const lanes = Array.from({ length: count }, () =>
      localLane(createRunner(createFastEngine(), graph, size)),
    );
    const sequences = inputs.map((input) => ({ input, masks: new Map() }));
    const weights = { tensors: graphParameters(model, 1) };
    const request = { graph, weights, sequences, length: LENGTH };
    return batchScores(lanes, request, runningStatistics(model, graph));
  };
  const [one, three] = [await scores(1), await scores(3)];
  expect(three).toEqual(one);
});

it.each([
  ['phases', TINY],
  ['whole sequences', { ...TINY, norm: 'layer' as const }],
])('gradients by %s depend on the number of lanes by roundings only', async (_name, spec) => {
  const model = randomModel(spec);
  const batch: SmallBatch = {
    inputs: randomSequences(5, LENGTH * TINY.inputs, 2),
    length: LENGTH,
    tile: 8,
    target: (index) => ({ kind: 'class', label: index % 3 }),
  };
  const one = await gradientsOf(() => reference, model, batch);
  const three = await gradientsOf(() => reference, model, { ...batch, lanes: 3 });
  expect(three.loss).toBeCloseTo(one.loss, 12);
  for (const [name, gradient] of one.gradients) {
    for (const [i, slope] of gradient.entries()) {
      expect(at(three.gradients.get(name) ?? [], i)).toBeCloseTo(slope, 12);
    }
  }
});
