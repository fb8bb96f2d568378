import { at } from '../../base/at.js';
import type { RelaxedInput } from '../../network/ops/spec.js';
import { nodeById } from '../../network/types.js';
import { argmax } from '../../float/s5/forward.js';
import { createProbe } from './probe.js';
import type { Relaxable } from './probe.js';

/** Input of a thread at its start. */
export type Setup = Relaxable;

/** One sequence to run. */
export interface Job extends RelaxedInput {
  readonly index: number;
  readonly label: number | undefined;
}

/** How far outputs are from those of the float network. */
export interface Score {
  /** Sum of squared differences. */
  readonly noise: number;
  /** True if the class of the last output is the label; false without one. */
  readonly right: boolean;
}

/** Result of a sequence. */
export interface Result {
  readonly index: number;
  /** Sum of squared outputs of the float network. */
  readonly signal: number;
  readonly float: Score;
  readonly integer: Score;
  /** In the order of `quantisersOf`. */
  readonly alone: readonly Score[];
  readonly without: readonly Score[];
}

/** Runs jobs one after the other. */
export function createRunner(setup: Setup): (job: Job) => Result {
  const probe = createProbe(setup);
  const { length } = nodeById(setup.network, setup.network.output);
  return (job) => {
    const { float, integer, alone, without } = probe(job);
    const score = (outputs: Float64Array): Score => ({
      noise: outputs.reduce((sum, value, i) => sum + (value - at(float, i)) ** 2, 0),
      right: argmax(outputs.subarray(outputs.length - length)) === job.label,
    });
    return {
      index: job.index,
      signal: float.reduce((sum, value) => sum + value * value, 0),
      float: score(float),
      integer: score(integer),
      alone: alone.map(score),
      without: without.map(score),
    };
  };
}
