import type { S5Model } from '../../float/s5/model.js';
import { createFastEngine } from '../fast/engine.js';
import type { Graph } from '../graph/graph.js';
import { graphParameters, type NamedTensors } from '../graph/graph_parameters.js';
import { phaseCount, layout } from '../graph/layout.js';
import { createRunner, type BatchSums } from '../graph/runner.js';
import { s5Graph } from '../graph/s5_graph.js';
import { runningMoments } from '../loop/train.js';

/** A float model as plain data, for another thread. */
export interface FloatNetwork {
  readonly graph: Graph;
  readonly tensors: NamedTensors;
  /** Mean and 1 / deviation of the batch norms. */
  readonly moments: BatchSums;
}

export function floatNetwork(model: S5Model): FloatNetwork {
  const graph = s5Graph(model.shape, { dropout: false });
  const tensors = graphParameters(model, 1);
  return { graph, tensors, moments: runningMoments(model, graph) };
}

/** Steps of a sequence that go through all operations before the next ones do. */
const TILE = 64;

/**
 * The float network in inference by the kernels of float32: the scores of `forward` of `float/s5/`,
 * which defines them, to about 1e-5 of their size.
 *
 * @param length steps of every sequence.
 * @returns the outputs of a sequence [length, inputs]: [outputs], or [length, outputs] without a pool.
 */
export function createFloatNetwork(
  { graph, tensors, moments }: FloatNetwork,
  length: number,
): (sequence: Float64Array) => Float64Array {
  const size = { sequences: 1, length, tile: TILE };
  const runner = createRunner(createFastEngine(), graph, size);
  const phases = phaseCount(layout(graph));
  runner.setWeights(tensors);
  runner.setMoments(moments);
  return (sequence) => {
    runner.setInput(0, sequence);
    for (let phase = 0; phase < phases; phase++) runner.forward(phase, 1);
    return runner.scores(0);
  };
}
