import type { StepTag } from '../blocks/block.js';
import type { ReplaySize } from '../plan/types.js';
import type { Pacing } from './pacing.js';
import type { Step } from './step.js';

/** qs5_replay_control and the stores behind it, cycle by cycle. */
export interface Replay {
  /** True if a step with that tag may start in the segment before. */
  room(tag: StepTag): boolean;
  /** The step that may start in the next cycle in the segment behind, if any. */
  waiting(): Step | undefined;
  /**
   * End of the cycle: the step that started before, with all that it stores; whether one started
   * behind, and whether one will.
   */
  clock(stored: Step | undefined, started: boolean, starts: boolean): void;
}

/** A sequence on its side of the stores. */
interface Sequence {
  readonly steps: Step[];
  length: number;
  /** Cycles until all of it is stored; undefined while it still comes. */
  delay?: number;
}

/** Two sequences at most: one from either end of the stores. */
const SIDES = 2;

export function createReplay({ depth, delay }: ReplaySize, pacing: Pacing): Replay {
  const sequences: Sequence[] = [];
  /** Vectors promised and not yet replayed. */
  let used = 0;
  return {
    room: ({ first }) => used < depth && !(first && sequences.length === SIDES),
    waiting() {
      const [sequence] = sequences;
      const step = sequence?.steps.at(-1);
      if (sequence?.delay !== 0 || step === undefined || !pacing.open()) return undefined;
      const left = sequence.steps.length;
      return { ...step, tag: { first: left === sequence.length, last: left === 1 } };
    },
    clock(stored, started, starts) {
      pacing.clock(starts);
      for (const sequence of sequences) {
        if (sequence.delay !== undefined && sequence.delay > 0) sequence.delay -= 1;
      }
      if (started) {
        const [sequence] = sequences;
        sequence?.steps.pop();
        if (sequence?.steps.length === 0) sequences.shift();
        used -= 1;
      }
      if (stored === undefined) return;
      if (stored.tag.first) sequences.push({ steps: [], length: 0 });
      const sequence = sequences.at(-1);
      if (sequence === undefined) throw new Error('a step without a sequence');
      sequence.steps.push(stored);
      sequence.length += 1;
      used += 1;
      // This cycle is the first of the delay, that of the decision the one before the start.
      if (stored.tag.last) sequence.delay = delay - 2;
    },
  };
}
