import { INPUT_BANKS } from '../blocks/axis_in.js';
import type { Pacing } from './pacing.js';
import type { Step } from './step.js';
import type { InputBeat } from './stimulus.js';

/** qs5_axis_in, cycle by cycle. */
export interface InputEdge {
  ready(): boolean;
  /** The step that waits to start in this cycle, if any; whether it may is up to its sink. */
  waiting(): Step | undefined;
  /** End of the cycle: the beat taken in it, if any, and whether a step started. */
  clock(taken: InputBeat | undefined, started: boolean): void;
}

/**
 * @param block id of the edge. @param beats beats of a vector. @param pacing after reset.
 */
export function createInputEdge(block: string, beats: number, pacing: Pacing): InputEdge {
  let gathering: InputBeat[] = [];
  const complete: InputBeat[][] = [];
  /** Vectors that occupy a bank: complete, until their last beat is read. */
  let banksUsed = 0;
  /** Beats of the running step still to be read. */
  let reading = 0;
  let first = true;

  return {
    ready: () => banksUsed < INPUT_BANKS,
    waiting() {
      const [vector] = complete;
      const end = vector?.at(-1);
      if (vector === undefined || end === undefined || !pacing.open()) return undefined;
      const { sequence, step, last } = end;
      const words = vector.map((beat) => beat.words);
      return { beats: new Map([[block, words]]), tag: { first, last }, sequence, step };
    },
    clock(taken, started) {
      pacing.clock(started);
      if (started) {
        first = complete.shift()?.at(-1)?.last ?? true;
        reading = beats;
      }
      if (reading > 0) {
        reading -= 1;
        if (reading === 0) banksUsed -= 1;
      }
      if (taken !== undefined) {
        gathering.push(taken);
        if (gathering.length === beats) {
          complete.push(gathering);
          gathering = [];
          banksUsed += 1;
        }
      }
    },
  };
}
