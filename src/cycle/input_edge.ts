import { INPUT_BANKS } from '../blocks/axis_in.js';
import type { Pacing } from './pacing.js';
import type { Step } from './step.js';
import type { InputBeat } from './stimulus.js';

/** qs5_axis_in, cycle by cycle. */
export interface InputEdge {
  ready(): boolean;
  /** The step that may start in the next cycle, if any; whether there is room is up to its sink. */
  waiting(): Step | undefined;
  /** End of the cycle: the beat taken in it, if any; whether a step started, and whether one will. */
  clock(taken: InputBeat | undefined, started: boolean, starts: boolean): void;
}

/**
 * @param block id of the edge. @param beats beats of a vector. @param pacing after reset.
 */
export function createInputEdge(block: string, beats: number, pacing: Pacing): InputEdge {
  let gathering: InputBeat[] = [];
  const complete: InputBeat[][] = [];
  let first = true;

  return {
    ready: () => complete.length < INPUT_BANKS,
    waiting() {
      const [vector] = complete;
      const end = vector?.at(-1);
      if (vector === undefined || end === undefined || !pacing.open()) return undefined;
      const { sequence, step, last } = end;
      const words = vector.map((beat) => beat.words);
      return { beats: new Map([[block, words]]), tag: { first, last }, sequence, step };
    },
    clock(taken, started, starts) {
      pacing.clock(starts);
      if (started) first = complete.shift()?.at(-1)?.last ?? true;
      if (taken !== undefined) {
        gathering.push(taken);
        if (gathering.length === beats) {
          complete.push(gathering);
          gathering = [];
        }
      }
    },
  };
}
