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
  /** The sticky flag: tlast came within a vector, or not within the longest sequence. */
  protocol(): boolean;
}

/** A vector whose beats have all come. */
interface Vector {
  readonly beats: readonly InputBeat[];
  /** Its step ends the sequence. */
  readonly last: boolean;
}

/**
 * @param block id of the edge. @param beats beats of a vector. @param maxLength steps after which a
 * sequence ends by itself; 0: no limit. @param pacing after reset.
 */
export function createInputEdge(
  block: string,
  beats: number,
  maxLength: number,
  pacing: Pacing,
): InputEdge {
  let gathering: InputBeat[] = [];
  const complete: Vector[] = [];
  let first = true;
  /** Vectors gathered of the sequence. */
  let length = 0;
  let protocol = false;

  const gather = (beat: InputBeat): void => {
    gathering.push(beat);
    if (gathering.length < beats) {
      protocol ||= beat.last;
      return;
    }
    length += 1;
    const cut = length === maxLength && !beat.last;
    protocol ||= cut;
    complete.push({ beats: gathering, last: beat.last || cut });
    if (beat.last || cut) length = 0;
    gathering = [];
  };

  return {
    ready: () => complete.length < INPUT_BANKS,
    waiting() {
      const [vector] = complete;
      const end = vector?.beats.at(-1);
      if (vector === undefined || end === undefined || !pacing.open()) return undefined;
      const { sequence, step } = end;
      const words = vector.beats.map((beat) => beat.words);
      const tag = { first, last: vector.last };
      return { beats: new Map([[block, words]]), tag, sequence, step };
    },
    clock(taken, started, starts) {
      pacing.clock(starts);
      if (started) first = complete.shift()?.last ?? true;
      if (taken !== undefined) gather(taken);
    },
    protocol: () => protocol,
  };
}
