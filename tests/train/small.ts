import { initModel, type InitSpec } from '../../src/float/s5/init.js';
import type { S5Model } from '../../src/float/s5/model.js';
import { draws, randomStream } from '../../src/base/random.js';
import type { Engine } from '../../src/train/engine/engine.js';
import { graphParameters } from '../../src/train/graph/graph_parameters.js';
import { modelParameters } from '../../src/train/graph/model_parameters.js';
import { createRunner } from '../../src/train/graph/runner.js';
import { s5Graph } from '../../src/train/graph/s5_graph.js';
import { batchGradients, type BatchResult } from '../../src/train/loop/batch.js';
import { localLane } from '../../src/train/loop/lane.js';
import type { Target } from '../../src/train/ops/loss.js';

/** An initial model whose norms and biases are random too, so that every gradient is needed. */
export function randomModel(spec: InitSpec): S5Model {
  const model = initModel(spec);
  const random = randomStream(spec.seed + 1);
  for (const { name, data } of modelParameters(model)) {
    if (!/(bias|scale)$/.test(name)) continue;
    for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? NaN) + 0.3 * random.normal();
  }
  for (const { norm } of model.layers) {
    norm.mean?.forEach((_, h, mean) => (mean[h] = 0.2 * random.normal()));
    norm.var?.forEach((_, h, variance) => (variance[h] = 0.5 + random.uniform()));
  }
  return model;
}

export function randomSequences(count: number, words: number, seed: number): Float64Array[] {
  const random = randomStream(seed);
  return Array.from({ length: count }, () => draws(words, 1, random.normal));
}

export interface SmallBatch {
  readonly inputs: readonly Float64Array[];
  readonly length: number;
  /** Masks of every dropout node; none: a graph without dropout. */
  readonly masks?: readonly Float64Array[];
  readonly tile: number;
  readonly lanes?: number;
  readonly target: (index: number) => Target;
}

/** Loss and gradients of a model on a batch. */
export async function gradientsOf<V>(
  createEngine: () => Engine<V>,
  model: S5Model,
  { inputs, length, masks, tile, lanes = 1, target }: SmallBatch,
): Promise<BatchResult> {
  const graph = s5Graph(model.shape, { dropout: masks !== undefined });
  const dropouts = graph.nodes.flatMap(({ op }, id) => (op === 'dropout' ? [id] : []));
  const size = { sequences: inputs.length, length, tile };
  const weights = { tensors: graphParameters(model, 1) };
  const sequences = inputs.map((input, index) => ({
    input,
    target: target(index),
    masks: new Map(
      dropouts.map((id): [number, Float64Array] => [id, masks?.[index] ?? new Float64Array()]),
    ),
  }));
  return batchGradients(
    Array.from({ length: lanes }, () => localLane(createRunner(createEngine(), graph, size))),
    { graph, weights, sequences, length },
  );
}
