import type { IntegerNetwork } from '../../network/types.js';
import type { NodeId } from '../graph/graph.js';
import type { NamedTensors } from '../graph/graph_parameters.js';
import type { BatchSums, Runner } from '../graph/runner.js';
import { lossOf, type Target } from '../ops/loss.js';
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
  /** Undefined where only the scores are wanted. */
  readonly target?: Target;
}

/** Computes a share of each batch: in this thread, or in a worker thread. */
export interface Lane {
  readonly start: (weights: LaneWeights, sequences: readonly LaneSequence[]) => Promise<void>;
  readonly forward: (phase: number, moments: BatchSums) => Promise<BatchSums>;
  readonly scores: () => Promise<readonly Float64Array[]>;
  /**
   * Called before the backward phases. Returns the loss of each sequence.
   *
   * @param share factor on the gradients.
   */
  readonly startBackward: (share: number) => Promise<readonly number[]>;
  readonly backward: (phase: number, means: BatchSums) => Promise<BatchSums>;
  /**
   * Forward, loss and backward of each sequence in turn, while its values are in cache: for graphs
   * of one phase.
   *
   * @returns the loss of each sequence.
   */
  readonly whole: (share: number) => Promise<readonly number[]>;
  /** Scores of each sequence in turn: for graphs of one phase. */
  readonly wholeScores: () => Promise<readonly Float64Array[]>;
  readonly gradients: () => Promise<NamedTensors>;
}

/** A lane in this thread. */
export function localLane(runner: Runner | QuantizedRunner): Lane {
  let sequences: readonly LaneSequence[] = [];
  const load = ({ input, masks }: LaneSequence, index: number): void => {
    runner.setInput(index, input);
    for (const [id, mask] of masks) runner.setMask(id, index, mask);
  };
  /** The loss of a sequence, whose gradient enters the graph at `index`. */
  const enter = ({ target }: LaneSequence, index: number, share: number): number => {
    if (target === undefined) throw new Error('a sequence without target');
    const { loss, gradient } = lossOf(target, runner.scores(index));
    runner.setScoreGradient(
      index,
      gradient.map((slope) => share * slope),
    );
    return loss;
  };
  return {
    start: async (weights, wanted) => {
      sequences = wanted;
      const { tensors, network } = weights;
      if (network !== undefined && 'setNetwork' in runner) runner.setNetwork(network);
      runner.setWeights(tensors);
      runner.clearWeightGradients();
      return Promise.resolve();
    },
    forward: async (phase, moments) => {
      if (phase === 0) sequences.forEach(load);
      runner.setMoments(moments);
      return Promise.resolve(runner.forward(phase, sequences.length));
    },
    scores: async () => Promise.resolve(sequences.map((_, index) => runner.scores(index))),
    startBackward: async (share) => {
      runner.clearGradients();
      return Promise.resolve(sequences.map((one, index) => enter(one, index, share)));
    },
    backward: async (phase, means) => {
      runner.setMeans(means);
      return Promise.resolve(runner.backward(phase, sequences.length));
    },
    whole: async (share) => {
      const losses = sequences.map((one) => {
        load(one, 0);
        runner.forward(0, 1);
        runner.clearGradients();
        const loss = enter(one, 0, share);
        runner.backward(0, 1);
        return loss;
      });
      return Promise.resolve(losses);
    },
    wholeScores: async () => {
      const scores = sequences.map((one) => {
        load(one, 0);
        runner.forward(0, 1);
        return runner.scores(0);
      });
      return Promise.resolve(scores);
    },
    gradients: async () => Promise.resolve(runner.gradients()),
  };
}
