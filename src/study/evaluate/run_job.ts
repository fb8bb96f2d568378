import { createFastEmulator } from '../../network/emulate/fast/emulator.js';
import type { IntegerNetwork } from '../../network/types.js';
import { createFloatNetwork, type FloatNetwork } from '../../train/inference/float_network.js';

/** Input of a thread at its start. */
export interface Setup {
  readonly network: IntegerNetwork;
  /** Undefined: only the integer network is run. */
  readonly model: FloatNetwork | undefined;
}

/** One sequence to run. */
export interface Job {
  readonly index: number;
  readonly steps: number;
  /** Integer input vectors, [steps, elements]. */
  readonly words: Float64Array;
  /** Real input vectors, [steps, inputs]. */
  readonly values: Float64Array;
}

/** Outputs of one sequence: a vector per step, or one vector where the network pools. */
export interface Result {
  readonly index: number;
  /** Integer outputs, one vector after the other. */
  readonly integer: Float64Array;
  /** Real outputs of the float network; empty without a model. */
  readonly float: Float64Array;
  /** Words clipped by each node in this sequence, for nodes that clipped any. */
  readonly clipped: ReadonlyMap<string, number>;
}

/** Runs jobs one after the other, each from x = 0. */
export function createRunner({ network, model }: Setup): (job: Job) => Result {
  const emulator = createFastEmulator(network);
  /** By the number of steps. */
  const floats = new Map<number, (sequence: Float64Array) => Float64Array>();
  const floatOf = (values: Float64Array, steps: number): Float64Array => {
    if (model === undefined) return new Float64Array();
    const run = floats.get(steps) ?? createFloatNetwork(model, steps);
    floats.set(steps, run);
    return run(values);
  };
  let before = new Map(emulator.clipped);
  const newlyClipped = () => {
    const counts = [...emulator.clipped].map(
      ([id, count]) => [id, count - (before.get(id) ?? 0)] as const,
    );
    before = new Map(emulator.clipped);
    return new Map(counts.filter(([, count]) => count > 0));
  };
  return ({ index, steps, words, values }) => {
    const vectors = emulator.runWords(words);
    const integer = new Float64Array(vectors.reduce((sum, vector) => sum + vector.length, 0));
    let at = 0;
    for (const vector of vectors) {
      integer.set(vector, at);
      at += vector.length;
    }
    return {
      index,
      integer,
      float: floatOf(values, steps),
      clipped: newlyClipped(),
    };
  };
}
