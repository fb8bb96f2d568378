import type { Timing } from '../blocks/block.js';
import type { IntegerNetwork } from '../../network/types.js';
import type { MultiplierArray } from './multiplier_array.js';
import type { Part } from './part.js';
import type { Occupation } from './schedule.js';
import type { Slowest } from './slowest.js';
import type { Connection, Folding, Lifetime, ReplaySize, Segment } from './types.js';

/*
 * A plan on its way through the passes. Every stage has what a pass needs of those before it, so
 * that the compiler keeps their order.
 */

/** Every node lowered to blocks. */
export interface Lowered {
  readonly network: IntegerNetwork;
  readonly folding: Folding;
  /** Producers before consumers. */
  readonly parts: readonly Part[];
  readonly connections: readonly Connection[];
}

/** Blocks with a slower, smaller variant take it where it keeps up with the slowest block. */
export interface Paced extends Lowered {
  /** Cycles that a block may take for a step. */
  readonly pace: number;
}

/** Every stream comes late enough for the vectors that it meets: all cycles are known. */
export interface Scheduled extends Paced {
  /** Cycles of every output port, by `block.port`. */
  readonly timing: ReadonlyMap<string, Timing>;
  /** By id of the buffer. */
  readonly occupations: ReadonlyMap<string, Occupation>;
  readonly slowest: Slowest;
}

/** The interval is known. */
export interface Timed extends Scheduled {
  readonly interval: number;
}

/** Every buffer has its vectors. */
export interface Buffered extends Timed {
  readonly lifetimes: ReadonlyMap<string, Lifetime>;
}

/** The output edge has its slots. */
export interface Slotted extends Buffered {
  readonly slots: number;
}

/** Every replay and its stores have their vectors. */
export interface Replayed extends Slotted {
  readonly replays: ReadonlyMap<string, ReplaySize>;
}

/** Every engine has its multipliers. */
export interface Served extends Replayed {
  readonly arrays: readonly MultiplierArray[];
  readonly segments: readonly Segment[];
}
