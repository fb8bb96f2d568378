import { INPUT_BANKS } from '../blocks/axis_in.js';
import type { StepTag } from '../blocks/block.js';
import type { InputBeat } from './stimulus.js';

/** A time step whose vector is complete. */
export interface Step {
  readonly beats: readonly (readonly number[])[];
  readonly tag: StepTag;
  readonly sequence: number;
  readonly step: number;
}

/** qs5_axis_in, cycle by cycle. */
export interface InputEdge {
  ready(): boolean;
  /** The step that starts in this cycle, given room at the output. */
  starts(room: boolean): Step | undefined;
  /** End of the cycle: the beat taken in it, if any, and whether a step started. */
  clock(taken: InputBeat | undefined, started: boolean): void;
}

/** @param beats beats of a vector. @param interval least cycles between starts. */
export function createInputEdge(beats: number, interval: number): InputEdge {
  let gathering: InputBeat[] = [];
  const complete: InputBeat[][] = [];
  /** Vectors that occupy a bank: complete, until their last beat is read. */
  let banksUsed = 0;
  let wait = 0;
  /** Beats of the running step still to be read. */
  let reading = 0;
  let first = true;

  return {
    ready: () => banksUsed < INPUT_BANKS,
    starts(room) {
      const [vector] = complete;
      const end = vector?.at(-1);
      if (vector === undefined || end === undefined || wait > 0 || !room) return undefined;
      const { sequence, step, last } = end;
      return { beats: vector.map(({ words }) => words), tag: { first, last }, sequence, step };
    },
    clock(taken, started) {
      if (wait > 0) wait -= 1;
      if (started) {
        first = complete.shift()?.at(-1)?.last ?? true;
        wait = interval - 1;
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
