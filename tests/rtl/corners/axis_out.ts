import { expect } from 'vitest';
import { axisOutBlock, RETURN_LATENCY, type Emit } from '../../../src/hardware/blocks/axis_out.js';
import { slotWidth } from '../../../src/hardware/blocks/bundles.js';
import type { Beat, StepTag } from '../../../src/hardware/blocks/block.js';
import { benchParameters, packBeat, packTag, put, toBeats, toLines } from '../corner.js';
import type { Corner, Frames } from '../corner.js';
import { createRandom, randomWords } from '../random.js';
import { RESET_CYCLES } from '../schedule.js';

interface Case {
  readonly elements: number;
  readonly lanes: number;
  readonly width: number;
  readonly slots: number;
  readonly emit: Emit;
}

/** A beat on its way to the sink. */
interface Waiting {
  readonly beat: Beat;
  /** Cycle in which it came in. */
  readonly came: number;
  /** Last of its vector, and of its sequence. */
  readonly end: boolean;
  readonly last: boolean;
}

/**
 * The edge cycle by cycle, from the header of the module. Beats leave in order: each at least two
 * cycles after its arrival, and one after the previous beat. The start of a step with a result
 * reserves a slot. The slot is free from the second cycle after the last beat of its vector. Starts
 * are three cycles apart, like those of any source.
 */
function axisOutCorner(c: Case): Corner {
  const { elements, lanes, width, slots, emit } = c;
  const random = createRandom(elements * 1000 + width * 10 + slots);
  const gives = ({ first, last }: StepTag) => (emit === 'last' ? last : emit === 'step' || first);
  const block = axisOutBlock({ id: 'o', ...c });
  const beats = elements / lanes;
  const slot = slotWidth(width);
  const { m_axis: [latency = 0] = [] } = block.timing({ in: [0] }).outputs;
  const cycles = Math.min(1200, 200 + 60 * beats);
  const resetAt = Math.floor(cycles / 2) + 1;

  const stimulus: Frames = new Map();
  const expected: Frames = new Map();
  let queue: Waiting[] = [];
  let taken = -Infinity;
  /** Slots taken, and the cycles from which they are free again. */
  let used = 0;
  let returns: number[] = [];
  let started = -Infinity;
  let outputs = 0;
  let firstIn = -1;
  let firstOut = -1;
  /** The step that waits to start. */
  let tag: StepTag = { first: true, last: false };
  for (let cycle = 0; cycle < cycles; cycle++) {
    const inReset = cycle < RESET_CYCLES || (cycle >= resetAt && cycle < resetAt + RESET_CYCLES);
    put(stimulus, cycle, { rst: inReset ? 1n : 0n });
    if (cycle === resetAt + 1) {
      for (const later of [...stimulus.keys()]) {
        if (later > cycle) stimulus.delete(later);
        else if (later === cycle) stimulus.set(cycle, { rst: 1n });
      }
      queue = [];
      taken = -Infinity;
      used = 0;
      returns = [];
      started = -Infinity;
    }
    if (cycle === resetAt + 1 || cycle === 0) tag = { first: true, last: random(3) === 0 };
    // Beats scheduled for this cycle arrive.
    const arriving = stimulus.get(cycle);
    if (arriving?.['in_valid'] === 1n && firstIn < 0) firstIn = cycle;

    const [head] = queue;
    const valid = head !== undefined && cycle >= head.came + latency && cycle > taken && cycle > 0;
    // The sink: fast, then slow, then in bursts, and at the end fast again.
    const phase = Math.floor((8 * cycle) / cycles) % 4;
    const ready = phase === 1 ? random(3) === 0 : phase === 2 ? cycle % 16 < 8 : true;
    const returned = returns.filter((at) => at <= cycle).length;
    const room = used - returned < slots || !gives(tag);
    put(stimulus, cycle, { tready: ready ? 1n : 0n, step_tag: packTag(tag) });
    put(expected, cycle, { room: room ? 1n : 0n });
    if (valid) {
      const wide = head.beat.map((word) => BigInt.asUintN(slot, BigInt(word)));
      const tdata = wide.reduceRight((bus, word) => (bus << BigInt(slot)) | word, 0n);
      put(expected, cycle, { tvalid: 1n, tlast: head.last ? 1n : 0n, tdata });
      if (ready) {
        if (firstOut < 0) firstOut = cycle;
        outputs += 1;
        taken = cycle;
        queue.shift();
        if (head.end) returns.push(cycle + RETURN_LATENCY);
      }
    }
    // A step starts whenever there is room; its result comes some cycles later.
    const quiet = inReset || cycle > cycles - 40 - 4 * slots * beats;
    if (room && !quiet && cycle >= started + 3 && (phase !== 3 || random(2 * beats) === 0)) {
      const busy = Math.max(cycle, queue.at(-1)?.came ?? 0);
      const { last } = tag;
      const in_tag = packTag(tag);
      put(stimulus, cycle, { start: 1n });
      started = cycle;
      if (gives(tag)) {
        used += 1;
        let at = busy + 1 + random(4);
        toBeats(randomWords(random, elements, width), lanes).forEach((beat, b) => {
          const end = b === beats - 1;
          put(stimulus, at, { in_valid: 1n, in_tag, in_data: packBeat(beat, width) });
          queue.push({ beat, came: at, end, last: end && (last || emit !== 'step') });
          at += phase === 1 ? 1 + random(3) : 1;
        });
      }
      tag = { first: last, last: random(3) === 0 };
    }
  }
  return {
    module: block.module,
    name: `${elements} on ${lanes} lanes, ${width} bits, ${slots} slots, result: ${emit}`,
    parameters: benchParameters(block),
    stimulus: toLines(
      [
        { name: 'rst', width: 1 },
        { name: 'start', width: 1 },
        { name: 'step_tag', width: 2 },
        { name: 'in_valid', width: 1 },
        { name: 'in_tag', width: 2, garbage: true },
        { name: 'in_data', width: lanes * width, garbage: true },
        { name: 'tready', width: 1 },
      ],
      stimulus,
      cycles,
      random,
    ),
    expected: toLines(
      [
        { name: 'room', width: 1 },
        { name: 'tvalid', width: 1 },
        { name: 'tlast', width: 1 },
        { name: 'tdata', width: lanes * slot },
      ],
      expected,
      cycles,
      random,
    ),
    outputs,
    latency: firstOut - firstIn,
    checkContract() {
      expect(block.minInterval).toBe(beats);
      expect(latency).toBe(2);
      const vector = toBeats(randomWords(random, elements, width), lanes);
      const { m_axis } = block.createMachine().step({ in: vector }, { first: true, last: false });
      expect(m_axis).toEqual(vector);
    },
  };
}

/** elements, lanes, width, slots, steps with a result */
const SIZES = [
  [4, 1, 8, 2, 'step'],
  [1, 1, 5, 1, 'step'],
  [1, 1, 8, 4, 'step'],
  [6, 2, 9, 3, 'step'],
  [6, 3, 24, 1, 'step'],
  [8, 8, 2, 5, 'step'],
  [5, 1, 16, 2, 'step'],
  [4, 2, 8, 1, 'last'],
  [1, 1, 7, 2, 'last'],
  [10, 1, 12, 3, 'last'],
  [4, 1, 8, 1, 'first'],
  [6, 6, 11, 2, 'first'],
  [16, 1, 3, 4, 'step'],
  [3, 1, 4, 7, 'step'],
] as const;

export const axisOutCorners: readonly Corner[] = SIZES.map(
  ([elements, lanes, width, slots, emit]) => axisOutCorner({ elements, lanes, width, slots, emit }),
);
