import type { InputBeat } from './stimulus.js';

/** The source of the bench: which beat is on the bus in this cycle. */
export interface Source {
  /** The beat on the bus, if any. */
  offered(): InputBeat | undefined;
  /** End of a cycle outside reset: whether the beat was taken, and this cycle's pattern bit. */
  clock(taken: boolean, mayOffer: boolean): void;
  /** A reset begins: goes on with the next sequence, and returns the index of its first beat. */
  restart(): number;
}

export function createSource(beats: readonly InputBeat[]): Source {
  let next = 0;
  let valid = false;
  return {
    offered: () => (valid ? beats[next] : undefined),
    clock(taken, mayOffer) {
      if (taken) next += 1;
      if (taken || !valid) valid = mayOffer && next < beats.length;
    },
    restart() {
      const sequence = beats[next]?.sequence;
      const started = beats[next]?.step !== 0 || beats[next - 1]?.sequence === sequence;
      while (started && next < beats.length && beats[next]?.sequence === sequence) next += 1;
      valid = false;
      return next;
    },
  };
}
