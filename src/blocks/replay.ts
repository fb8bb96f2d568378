import type { Block } from './block.js';

export interface ReplayParameters {
  readonly id: string;
  /** Vectors that each of its stores holds. */
  readonly depth: number;
  /** Least cycles from start to start. */
  readonly interval: number;
  /** Cycles from the start of a sequence's last step until all of it is stored. */
  readonly delay: number;
}

/** Contract of qs5_replay. When a step starts: `cycle/replay.ts`. */
export function replayBlock({ id, depth, interval, delay }: ReplayParameters): Block {
  return {
    id,
    module: 'qs5_replay',
    parameters: [
      { name: 'DEPTH', value: depth },
      { name: 'INTERVAL', value: interval },
      { name: 'DELAY', value: delay },
    ],
    ports: [
      { name: 'step', type: 'step', direction: 'in', lanes: 0, width: 0 },
      { name: 'replay', type: 'step', direction: 'out', lanes: 0, width: 0 },
      { name: 'go', type: 'go', direction: 'out', lanes: 0, width: 0 },
    ],
    roms: [],
    multipliers: [],
    memories: [],
    products: 0,
    minInterval: 1,
    limit: `replay: sequences of up to ${depth} vectors`,
    // Its steps are those of the segment behind it.
    timing: () => ({ outputs: { replay: [0], go: [0] }, reads: {} }),
    createMachine: () => ({ step: () => ({}), flags: () => ({}) }),
  };
}
