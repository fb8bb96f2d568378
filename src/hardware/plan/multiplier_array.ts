import type { Timing } from '../blocks/block.js';

/** An engine that multiplies outside, and its cycles. */
export interface Client {
  /** Block id. */
  readonly id: string;
  readonly segment: number;
  /** Multipliers that it needs at once, and bits of its own operands. */
  readonly count: number;
  readonly aBits: number;
  readonly bBits: number;
  /** Cycles of one time step in which it multiplies. */
  readonly uses: Timing;
}

/** Multipliers and the engines that take turns with them. */
export interface MultiplierArray {
  /** Block id. */
  readonly id: string;
  /** Segment of all its engines. */
  readonly segment: number;
  readonly count: number;
  readonly aBits: number;
  readonly bBits: number;
  readonly clients: readonly Client[];
  /** Block id of the engine that has it alone; absent where engines take turns. */
  readonly owner?: string;
}
