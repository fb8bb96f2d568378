import type { IntegerNetwork } from '../../network/types.js';
import type { NodeId } from '../graph/graph.js';
import type { NamedTensors } from '../graph/graph_parameters.js';
import type { BatchSums, Runner } from '../graph/runner.js';
import type { QuantizedRunner } from '../quantized/lane.js';

/** Parameters of a graph for one batch. */
export interface LaneWeights {
  readonly tensors: NamedTensors;
  /** The integers whose words are the values of the graph; undefined for a float network. */
  readonly network?: IntegerNetwork;
}

/** One sequence of a batch, as a lane reads it. */
export interface LaneSequence {
  /** [length, inputs]; words for a graph with integers. */
  readonly input: Float64Array;
  /** [width] of each dropout node. */
  readonly masks: ReadonlyMap<NodeId, Float64Array>;
}

/** Computes a share of each batch: in this thread, or in a worker thread. */
export interface Lane {
  readonly start: (weights: LaneWeights, sequences: readonly LaneSequence[]) => Promise<void>;
  readonly forward: (phase: number, moments: BatchSums) => Promise<BatchSums>;
  readonly scores: () => Promise<readonly Float64Array[]>;
  /** Called before the backward phases, with the gradient of the scores of each sequence. */
  readonly startBackward: (gradients: readonly Float64Array[]) => Promise<void>;
  readonly backward: (phase: number, means: BatchSums) => Promise<BatchSums>;
  readonly gradients: () => Promise<NamedTensors>;
}

/** A lane in this thread. */
export function localLane(runner: Runner | QuantizedRunner): Lane {
  let count = 0;
  return {
    start: async (weights, sequences) => {
      count = sequences.length;
      const { tensors, network } = weights;
      if (network !== undefined && 'setNetwork' in runner) runner.setNetwork(network);
      runner.setWeights(tensors);
      for (const [index, { input, masks }] of sequences.entries()) {
        runner.setInput(index, input);
        for (const [id, mask] of masks) runner.setMask(id, index, mask);
      }
      return Promise.resolve();
    },
    forward: async (phase, moments) => {
      runner.setMoments(moments);
      return Promise.resolve(runner.forward(phase, count));
    },
    scores: async () =>
      Promise.resolve(Array.from({ length: count }, (_, index) => runner.scores(index))),
    startBackward: async (gradients) => {
      runner.clearGradients();
      for (const [index, gradient] of gradients.entries()) runner.setScoreGradient(index, gradient);
      return Promise.resolve();
    },
    backward: async (phase, means) => {
      runner.setMeans(means);
      return Promise.resolve(runner.backward(phase, count));
    },
    gradients: async () => Promise.resolve(runner.gradients()),
  };
}
