import type { StepTag } from '../../src/hardware/blocks/block.js';
import type { Random } from './random.js';
import { RESET_CYCLES } from './schedule.js';

/** One step that goes in, or comes out again. */
export interface TrafficStep {
  readonly cycle: number;
  readonly tag: StepTag;
  /** Number of the step among all that went in. */
  readonly id: number;
}

/** Steps through a replay, and what it must say in every cycle. */
export interface Traffic {
  readonly cycles: number;
  readonly starts: readonly TrafficStep[];
  readonly replays: readonly TrafficStep[];
  /** Per cycle: the tag of the step that waits, and whether it may start. */
  readonly offered: readonly StepTag[];
  readonly room: readonly boolean[];
  /** Per cycle: whether there is room for a step that is replayed. */
  readonly replayRoom: readonly boolean[];
  readonly inReset: readonly boolean[];
}

export interface TrafficOptions {
  readonly depth: number;
  /** Least cycles between starts, of the source and of the replay. */
  readonly interval: number;
  readonly delay: number;
  /** Longest sequence. */
  readonly longest: number;
  /** Steps are replayed whole intervals apart. */
  readonly aligned?: boolean;
  readonly cycles: number;
}

interface Sequence {
  readonly ids: number[];
  /** Start of its last step; undefined while it still comes. */
  complete?: number;
  replayed: number;
}

/**
 * The behaviour in the header of qs5_replay_control, cycle by cycle. First the source never waits and the
 * sink has room, then both stall in stretches. A reset comes halfway.
 */
export function playTraffic(options: TrafficOptions, random: Random): Traffic {
  const { depth, interval, delay, longest, cycles, aligned = false } = options;
  const resetAt = Math.floor(cycles / 2);
  const starts: TrafficStep[] = [];
  const replays: TrafficStep[] = [];
  const offered: StepTag[] = [];
  const room: boolean[] = [];
  const replayRoom: boolean[] = [];
  const resets: boolean[] = [];

  let held: Sequence[] = [];
  let incoming: Sequence | undefined;
  let left = 0;
  let first = true;
  let started = -Infinity;
  let replayed = -Infinity;
  let id = 0;
  let goes = false;
  for (let cycle = 0; cycle < cycles; cycle++) {
    const reset = cycle < RESET_CYCLES || (cycle >= resetAt && cycle < resetAt + RESET_CYCLES);
    resets.push(reset);
    const [sequence] = held;
    if (reset) {
      // A start that was decided before the reset still happens in its first cycle.
      goes &&= cycle === resetAt;
      held = [];
      incoming = undefined;
      first = true;
      left = 0;
      started = replayed = -Infinity;
    }
    if (left === 0) left = 1 + random(longest);
    const tag: StepTag = { first, last: left === 1 };
    const promised = held.reduce((sum, { ids, replayed: gone }) => sum + ids.length - gone, 0);
    const may = promised < depth && !(tag.first && held.length === 2);
    offered.push(tag);
    room.push(may);

    const phase = Math.floor((8 * cycle) / cycles) % 4;
    const there = !reset && (phase === 0 || (phase === 2 ? random(8) === 0 : random(3) !== 0));
    replayRoom.push(there);
    const offers = !reset && (phase === 0 || random(phase === 1 ? 2 : 9) !== 0);

    const comes = offers && may && cycle >= started + interval;
    if (goes && sequence !== undefined) {
      const at = sequence.ids.length - 1 - sequence.replayed;
      replays.push({
        cycle,
        tag: { first: sequence.replayed === 0, last: at === 0 },
        id: sequence.ids[at] ?? NaN,
      });
      sequence.replayed += 1;
      replayed = cycle;
    }
    if (comes) {
      if (tag.first) {
        incoming = { ids: [], replayed: 0 };
        held.push(incoming);
      }
      incoming?.ids.push(id);
      starts.push({ cycle, tag, id });
      id += 1;
      started = cycle;
      left -= 1;
      first = tag.last;
      if (tag.last && incoming !== undefined) incoming.complete = cycle;
    }
    if (goes && sequence === held[0] && sequence?.replayed === sequence?.ids.length) held.shift();
    // The room in this cycle decides the start in the next one.
    const complete = held[0]?.complete ?? Infinity;
    goes =
      !reset &&
      there &&
      cycle + 1 >= complete + delay &&
      (aligned && replayed > -Infinity
        ? (cycle + 1 - replayed) % interval === 0
        : cycle + 1 >= replayed + interval);
  }
  return { cycles, starts, replays, offered, room, replayRoom, inReset: resets };
}
