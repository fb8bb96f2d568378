import type { RelaxedInput } from '../network/ops/spec.js';
import type { Relaxable } from './probe.js';

/** What a worker is given at its start. */
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
  /** Whether the class of the last output is the label; false without one. */
  readonly right: boolean;
}

/** What came of a sequence. */
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
