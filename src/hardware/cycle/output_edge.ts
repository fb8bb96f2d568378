import type { Beat, StepTag } from '../blocks/block.js';
import type { Emit } from '../blocks/axis_out.js';

/** A beat of a result on its way out. */
export interface OutputBeat {
  readonly words: Beat;
  /** End of the sequence. */
  readonly last: boolean;
  readonly sequence: number;
  readonly step: number;
  /** Number of the beat within its vector. */
  readonly beat: number;
}

/** qs5_axis_out, cycle by cycle. */
export interface OutputEdge {
  /** True if a step with that tag may start. */
  room(tag: StepTag): boolean;
  /** The beat on the bus, if any. */
  offered(): OutputBeat | undefined;
  /** End of the cycle: tag of the step that started, the beat that arrived, one that was taken. */
  clock(started: StepTag | undefined, arrived: OutputBeat | undefined, taken: boolean): void;
}

/** True if a step gives a result. */
export function emits(emit: Emit, tag: StepTag): boolean {
  return emit === 'step' || tag[emit];
}

/** @param slots vectors held or promised. @param beats beats of a vector. */
export function createOutputEdge(slots: number, beats: number, emit: Emit): OutputEdge {
  const memory: OutputBeat[] = [];
  let onBus: OutputBeat | undefined;
  let takenBeats = 0;
  let used = 0;
  /** The last beat of a vector left the cycle before. */
  let done = false;
  return {
    room: (tag) => !emits(emit, tag) || used < slots,
    offered: () => onBus,
    clock(started, arrived, taken) {
      // The memory is read before this cycle's beat is in it.
      const refill = memory.length > 0 && (onBus === undefined || taken);
      if (taken) onBus = undefined;
      if (refill) onBus = memory.shift();
      if (arrived !== undefined) memory.push(arrived);
      if (taken) takenBeats = (takenBeats + 1) % beats;
      const promised = started !== undefined && emits(emit, started);
      used += (promised ? 1 : 0) - (done ? 1 : 0);
      done = taken && takenBeats === 0;
      if (memory.length > slots * beats) throw new Error('the output FIFO overflows');
    },
  };
}
