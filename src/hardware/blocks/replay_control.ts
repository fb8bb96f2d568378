import type { Block } from './block.js';
import { countBits, stepPacerBits, stepPacerStructure } from './counter.js';
import { SHORTEST_PACE } from './step_pacer.js';
import { sumStructure } from './structure.js';

export interface ReplayControlParameters {
  readonly id: string;
  /** Vectors that each of its stores holds. */
  readonly depth: number;
  /** Least cycles from start to start. */
  readonly interval: number;
  /** Cycles from the start of a sequence's last step until all of it is stored. */
  readonly delay: number;
  /** Steps start whole intervals apart, for engines that take turns. */
  readonly aligned: boolean;
}

/** Cycles from the last write of a store until it can be read. */
export const STORE_LATENCY = 2;

/** Least cycles from the start of the last step of a sequence to its replay. */
export const SHORTEST_DELAY = 3;

/** Contract of qs5_replay_control. When a step starts: `hardware/cycle/replay.ts`. */
export function replayControlBlock(p: ReplayControlParameters): Block {
  const { id, depth, interval, delay, aligned } = p;
  /** Bits of a number of vectors, and of the counter of a side's delay. */
  const stepBits = countBits(depth + 1);
  const delayBits = delay > 4 ? countBits(delay - 3) + 1 : 1;
  return {
    id,
    module: 'qs5_replay_control',
    summary: `starts the steps of sequences of up to ${depth} vectors in reverse order`,
    parameters: [
      { name: 'DEPTH', value: depth },
      { name: 'INTERVAL', value: interval },
      { name: 'DELAY', value: delay },
      { name: 'ALIGNED', value: aligned ? 1 : 0 },
    ],
    ports: [
      { name: 'step', type: 'step', direction: 'in', lanes: 0, width: 0 },
      { name: 'replay', type: 'step', direction: 'out', lanes: 0, width: 0 },
      { name: 'go', type: 'go', direction: 'out', lanes: 0, width: 0 },
    ],
    roms: [],
    multipliers: [],
    memories: [],
    structure: sumStructure(
      // Three counts (room, steps in, steps left) and ten flags. Per side: a delay counter and two flags.
      {
        register: 3 * stepBits + 10 + 2 * (delayBits + 2),
        steps: stepBits,
        adder: 2 * delayBits,
      },
      stepPacerStructure(interval, aligned),
    ),
    paths: [
      { from: 'register', levels: 2, carry: 0 },
      { from: 'register', levels: 2, carry: stepBits },
      { from: 'register', levels: 1, carry: Math.max(delayBits, stepPacerBits(interval)) },
    ],
    products: 0,
    minInterval: SHORTEST_PACE,
    limit: `replay: sequences of up to ${depth} vectors`,
    // Its steps are those of the segment behind it.
    timing: () => ({ outputs: { replay: [0], go: [0] }, reads: {} }),
    createMachine: () => ({ step: () => ({}), flags: () => ({}) }),
  };
}
