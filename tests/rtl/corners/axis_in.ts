import { expect } from 'vitest';
import { axisInBlock } from '../../../src/hardware/blocks/axis_in.js';
import { slotWidth } from '../../../src/hardware/blocks/bundles.js';
import { must } from '../../../src/hardware/blocks/block.js';
import { benchParameters, packBeat, packTag, put, toBeats, toLines } from '../corner.js';
import type { Corner, Frames } from '../corner.js';
import { createRandom, randomBits, randomWords } from '../random.js';
import { RESET_CYCLES } from '../schedule.js';

interface Case {
  readonly elements: number;
  readonly lanes: number;
  readonly width: number;
  readonly interval: number;
  readonly maxLength: number;
  readonly aligned?: boolean;
  readonly unsigned: boolean;
}

/** A vector of the source. */
interface Vector {
  /** Cycle in which its last beat was taken. */
  readonly complete: number;
  /** It ends its sequence: by tlast, or because the sequence may not be longer. */
  readonly last: boolean;
  readonly words: readonly number[];
}

const CYCLES_PER_BEAT = 60;

/**
 * The edge cycle by cycle, from the header of the module. A vector waits from its last beat until
 * the start of its step; at most two wait. A step starts one cycle after three conditions hold: a
 * vector waits, the interval is over (aligned: a whole number of intervals), and there is room. In
 * the first quarter no sequence exceeds the greatest length, so that a flag that rises too early is
 * found.
 */
function axisInCorner(c: Case): Corner {
  const { elements, lanes, width, interval, maxLength, aligned = false, unsigned } = c;
  const random = createRandom(elements * 1000 + width * 10 + interval);
  const block = axisInBlock({ id: 'i', ...c, aligned });
  const beats = elements / lanes;
  const wordWidth = unsigned ? width - 1 : width;
  const slot = slotWidth(wordWidth);
  const cycles = Math.min(1200, 200 + CYCLES_PER_BEAT * Math.max(beats, interval));
  const resetAt = Math.floor(cycles / 2) + 1;

  const stimulus: Frames = new Map();
  const expected: Frames = new Map();
  let vectors: Vector[] = [];
  /** Cycles in which steps started. */
  let steps: number[] = [];
  /** A step starts in this cycle. */
  let starts = false;
  const nextWords = () =>
    randomWords(random, elements, wordWidth).map((word) =>
      unsigned ? word + 2 ** (wordWidth - 1) : word,
    );
  let words = nextWords();
  let beat = 0;
  /** Vectors taken of the sequence. */
  let length = 0;
  let offering = false;
  let protocol = false;
  let first = true;
  let outputs = 0;
  let firstOffer = -1;
  let firstOut = -1;
  for (let cycle = 0; cycle < cycles; cycle++) {
    const inReset = cycle < RESET_CYCLES || (cycle >= resetAt && cycle < resetAt + RESET_CYCLES);
    put(stimulus, cycle, { rst: inReset ? 1n : 0n });
    if (cycle === resetAt + 1) {
      // Beats that the reset leaves.
      for (const later of [...expected.keys()]) if (later >= cycle) expected.delete(later);
      vectors = [];
      steps = [];
      starts = false;
      protocol = false;
      first = true;
      offering = false;
      beat = 0;
      length = 0;
      words = nextWords();
    }
    // Phases: everything at full speed, then a slow source, then hardly any room.
    const phase = Math.floor((8 * cycle) / cycles) % 4;
    const room = inReset ? 0n : phase === 2 ? BigInt(random(6) === 0) : BigInt(random(9) !== 0);
    const quiet = inReset || cycle > cycles - 3 * interval - 2 * beats - 10;
    offering ||= !quiet && (phase === 1 ? random(3) === 0 : phase === 0 || random(8) !== 0);
    const end = beat === beats - 1;
    const full = length + 1 === maxLength;
    const last = end
      ? random(4) === 0 || (full && cycle < cycles / 4)
      : cycle > resetAt && random(20) === 0;

    const waiting = vectors[steps.length];
    const waits = waiting !== undefined && waiting.complete < cycle;
    const held = vectors.filter(({ complete }) => complete < cycle).length - steps.length;
    const ready = held < 2;
    put(stimulus, cycle, { room });
    put(expected, cycle, {
      tready: ready && !inReset ? 1n : 0n,
      start: starts ? 1n : 0n,
      protocol: protocol ? 1n : 0n,
    });
    const tag = { first, last: waiting?.last ?? false };
    if (waits) put(expected, cycle, { waits: 1n, step_tag: packTag(tag) });
    if (starts && waiting !== undefined) {
      first = waiting.last;
      const timing = block.timing({}).outputs;
      expect(timing['step']).toEqual([0]);
      toBeats(waiting.words, lanes).forEach((words_, b) => {
        const at = cycle + (must(timing, 'out')[b] ?? 0);
        const out_data = packBeat(words_, width);
        put(expected, at, { out_valid: 1n, out_tag: packTag(tag), out_data });
      });
      steps.push(cycle);
    }
    // The next starts in the next cycle if its vector was complete before this one.
    const next = vectors[steps.length];
    const before = steps.at(-1) ?? -Infinity;
    const onTime =
      aligned && before > -Infinity
        ? (cycle + 1 - before) % interval === 0
        : cycle + 1 >= before + interval;
    starts = next !== undefined && next.complete < cycle && onTime && room === 1n && !inReset;
    if (offering) {
      if (firstOffer < 0) firstOffer = cycle;
      // The bits above a word are the source's own.
      const bus = words
        .slice(beat * lanes, (beat + 1) * lanes)
        .reduceRight(
          (sum, word) =>
            (sum << BigInt(slot)) |
            (randomBits(random, slot - wordWidth) << BigInt(wordWidth)) |
            BigInt.asUintN(wordWidth, BigInt(word)),
          0n,
        );
      put(stimulus, cycle, { tvalid: 1n, tlast: last ? 1n : 0n, tdata: bus });
      if (ready && !inReset) {
        offering = false;
        protocol ||= end ? full && !last : last;
        if (end) {
          vectors.push({ complete: cycle, last: last || full, words });
          length = last || full ? 0 : length + 1;
          words = nextWords();
        }
        beat = end ? 0 : beat + 1;
      }
    }
  }
  for (let cycle = 0; cycle < cycles; cycle++) {
    if (expected.get(cycle)?.['out_valid'] !== 1n) continue;
    outputs += 1;
    if (firstOut < 0) firstOut = cycle;
  }
  return {
    module: block.module,
    name: [
      `${elements} on ${lanes} lanes, ${width} bits, interval ${interval}`,
      ...(aligned ? ['aligned'] : []),
      ...(unsigned ? ['unsigned'] : []),
      ...(maxLength > 0 ? [`at most ${maxLength} steps`] : []),
    ].join(', '),
    parameters: benchParameters(block),
    stimulus: toLines(
      [
        { name: 'rst', width: 1 },
        { name: 'tvalid', width: 1 },
        { name: 'tlast', width: 1, garbage: true },
        { name: 'tdata', width: lanes * slot, garbage: true },
        { name: 'room', width: 1 },
      ],
      stimulus,
      cycles,
      random,
    ),
    expected: toLines(
      [
        { name: 'tready', width: 1 },
        { name: 'start', width: 1 },
        { name: 'waits', width: 1 },
        { name: 'step_tag', width: 2 },
        { name: 'protocol', width: 1 },
        { name: 'out_valid', width: 1 },
        { name: 'out_tag', width: 2 },
        { name: 'out_data', width: lanes * width },
      ],
      expected,
      cycles,
      random,
    ),
    outputs,
    latency: firstOut - firstOffer,
    checkContract() {
      expect(block.minInterval).toBe(Math.max(beats, 3));
      const vector = toBeats(words, lanes);
      const { out } = block.createMachine().step({ s_axis: vector }, { first: true, last: false });
      expect(out).toEqual(vector);
    },
  };
}

/** elements, lanes, width, interval, greatest length, unsigned */
const SIZES = [
  [4, 1, 8, 8, 0, false],
  [1, 1, 5, 3, 0, false],
  [1, 1, 8, 4, 0, false],
  [6, 2, 9, 3, 0, false],
  [6, 3, 24, 7, 0, false],
  [8, 8, 2, 6, 0, false],
  [5, 1, 16, 5, 0, false],
  [7, 1, 12, 20, 0, false],
  [2, 1, 9, 4, 4, true],
  [1, 1, 9, 3, 3, true],
  [6, 2, 2, 3, 0, true],
  [4, 4, 17, 10, 5, true],
  [3, 1, 8, 3, 1, false],
  [4, 2, 7, 5, 2, false],
  [20, 1, 3, 20, 12, false],
  [9, 1, 3, 67, 0, false],
] as const;

export const axisInCorners: readonly Corner[] = [
  ...SIZES.map(([elements, lanes, width, interval, maxLength, unsigned]) =>
    axisInCorner({ elements, lanes, width, interval, maxLength, unsigned }),
  ),
  ...[3, 4, 11].map((interval) =>
    axisInCorner({
      ...{ elements: 2, lanes: interval === 3 ? 2 : 1, width: 8, interval, maxLength: 0 },
      ...{ aligned: true, unsigned: false },
    }),
  ),
];
