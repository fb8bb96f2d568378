import type { IntegerNetwork } from '../network/types.js';
import type { PreparedModel } from '../s5/prepare.js';

/** What a worker is given at its start. */
export interface Setup {
  readonly network: IntegerNetwork;
  /** Undefined: only the integer network is run. */
  readonly model: PreparedModel | undefined;
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

/** What came of it; a vector per step, or one where the network pools. */
export interface Result {
  readonly index: number;
  /** Integer outputs, one vector after the other. */
  readonly integer: Float64Array;
  /** Real outputs of the float network; empty without a model. */
  readonly float: Float64Array;
  /** Words clipped by each node in this sequence, for nodes that clipped any. */
  readonly clipped: ReadonlyMap<string, number>;
}
