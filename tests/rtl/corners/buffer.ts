import type { Field } from '../corner.js';
import { expect } from 'vitest';
import { bufferBlock } from '../../../src/hardware/blocks/buffer.js';
import { must, type StepTag } from '../../../src/hardware/blocks/block.js';
import { benchParameters, packBeat, packTag, put, toBeats, toLines } from '../corner.js';
import type { Corner, Frames } from '../corner.js';
import { createRandom, randomWords } from '../random.js';
import { RESET_CYCLES } from '../schedule.js';

interface Case {
  readonly width: number;
  readonly elements: number;
  readonly writeLanes: number;
  readonly readLanes: number;
  readonly banks: number;
}

const VECTORS = 14;
/** The vector whose writing a reset interrupts: halfway, or with the beat before the last. */
const BROKEN = 8;

/**
 * The writer is as early as the banks allow: a vector's first beat comes in the cycle after the
 * vector `banks` before it was released. The reader starts in the very cycle of vec_start_o where
 * it is free, and makes one to three passes, some of them with gaps.
 */
function bufferCorner(c: Case): Corner {
  const { width, elements, writeLanes, readLanes, banks } = c;
  const random = createRandom(elements * 1000 + writeLanes * 100 + readLanes * 10 + banks);
  const block = bufferBlock({ id: 'b', ...c });
  const vectors = Array.from({ length: VECTORS }, () => randomWords(random, elements, width));
  const stimulus: Frames = new Map();
  const expected: Frames = new Map();
  const writes = elements / writeLanes;
  const reads = elements / readLanes;
  let end = 0;
  const firstData: number[] = [];

  let released: number[] = [];
  let writerFree = RESET_CYCLES;
  let readerFree = 0;
  const reset = (from: number) => {
    // The beat of the first cycle of a reset still comes; nothing after it.
    for (const frames of [stimulus, expected]) {
      for (const cycle of [...frames.keys()]) if (cycle > from) frames.delete(cycle);
    }
    for (let i = 0; i < RESET_CYCLES; i++) put(stimulus, from + i, { rst: 1n });
    released = [];
    writerFree = from + RESET_CYCLES;
    readerFree = from + RESET_CYCLES;
  };
  reset(0);

  vectors.forEach((words, v) => {
    const gaps = v % 3 === 2;
    const tag: StepTag = { first: random(2) === 0, last: random(2) === 0 };
    // Write; the tag of the last beat is the vector's.
    let cycle = Math.max(writerFree, (released.at(-banks) ?? -1) + 1);
    const cycles: number[] = [];
    toBeats(words, writeLanes).forEach((beat, b) => {
      if (gaps && b > 0) cycle += random(3);
      cycles.push(cycle);
      const in_tag = b === writes - 1 ? { in_tag: packTag(tag) } : {};
      put(stimulus, cycle, { in_valid: 1n, in_data: packBeat(beat, width), ...in_tag });
      cycle += 1;
    });
    writerFree = cycle;
    if (v === BROKEN && writes > 1) {
      reset(cycles[banks % 2 === 0 ? writes - 2 : Math.floor(writes / 2)] ?? 0);
      return;
    }
    const [start = 0] = must(block.timing({ in: cycles }).outputs, 'vec');
    put(expected, start, { vec_start: 1n, vec_tag: packTag(tag) });

    // Read. The value of release before the last element must not matter.
    const passes = 1 + random(3);
    let at = Math.max(start, readerFree);
    const parts = toBeats(words, readLanes);
    for (let pass = 0; pass < passes; pass++) {
      for (let k = 0; k < reads; k++) {
        if (gaps) at += random(3);
        const end_ = k === reads - 1;
        const release = end_ ? { vec_release: pass === passes - 1 ? 1n : 0n } : {};
        put(stimulus, at, { vec_read: 1n, ...release });
        put(expected, at + 1, { vec_valid: 1n, vec_data: packBeat(parts[k] ?? [], width) });
        firstData.push(at + 1);
        at += 1;
      }
    }
    released.push(at - 1);
    readerFree = at;
    end = Math.max(end, at);
  });

  const outputs = [...expected.values()].filter(({ vec_valid }) => vec_valid === 1n).length;
  const cycles = end + 10;
  const stimulusFields: readonly Field[] = [
    { name: 'rst', width: 1 },
    { name: 'in_valid', width: 1 },
    { name: 'in_tag', width: 2, garbage: true },
    { name: 'in_data', width: writeLanes * width, garbage: true },
    { name: 'vec_read', width: 1 },
    { name: 'vec_release', width: 1, garbage: true },
  ];
  const expectedFields: readonly Field[] = [
    { name: 'vec_start', width: 1 },
    { name: 'vec_tag', width: 2 },
    { name: 'vec_valid', width: 1 },
    { name: 'vec_data', width: readLanes * width },
  ];
  return {
    module: block.module,
    name: `${banks} x ${elements} of ${width} bits, ${writeLanes} in, ${readLanes} out`,
    parameters: benchParameters(block),
    bench: {
      block,
      stimulus: stimulusFields,
      expected: expectedFields,
      output: 'checking & want_vec_valid',
    },
    stimulus: toLines(stimulusFields, stimulus, cycles, random),
    expected: toLines(expectedFields, expected, cycles, random),
    outputs,
    latency: (firstData[0] ?? 0) - RESET_CYCLES,
    checkContract() {
      const machine = block.createMachine();
      expect(block.minInterval).toBe(writes);
      for (const words of vectors) {
        const { vec } = machine.step(
          { in: toBeats(words, writeLanes) },
          { first: true, last: true },
        );
        expect(vec).toEqual(toBeats(words, readLanes));
      }
    },
  };
}

/** width, elements, lanes in, lanes out, banks */
const SIZES = [
  [1, 1, 1, 1, 2],
  [1, 6, 2, 3, 2],
  [8, 8, 1, 1, 2],
  [8, 1, 1, 1, 1],
  [8, 1, 1, 1, 3],
  [5, 12, 4, 6, 1],
  [5, 12, 4, 6, 2],
  [5, 24, 4, 6, 3],
  [3, 12, 6, 4, 4],
  [2, 6, 1, 6, 2],
  [2, 6, 6, 1, 2],
  [24, 12, 2, 3, 3],
  [7, 60, 10, 6, 2],
  [8, 16, 4, 2, 2],
  [8, 16, 2, 4, 4],
  [4, 6, 3, 2, 3],
  [6, 5, 1, 5, 1],
  [3, 12, 1, 1, 3],
  [3, 11, 1, 1, 2],
  [2, 20, 2, 4, 5],
  [2, 24, 12, 4, 9],
] as const;

export const bufferCorners: readonly Corner[] = SIZES.map(
  ([width, elements, writeLanes, readLanes, banks]) =>
    bufferCorner({ width, elements, writeLanes, readLanes, banks }),
);
