import type { Field } from '../corner.js';
import { expect } from 'vitest';
import { SHORTEST_DELAY, STORE_LATENCY } from '../../../src/hardware/blocks/replay_control.js';
import { SHORTEST_PACE } from '../../../src/hardware/blocks/step_pacer.js';
import { reverseBlock } from '../../../src/hardware/blocks/reverse.js';
import { benchParameters, packBeat, packTag, put, toBeats, toLines } from '../corner.js';
import type { Corner, Frames } from '../corner.js';
import { createRandom, randomWords } from '../random.js';
import { playTraffic } from '../replay_traffic.js';

const CYCLES = 900;

interface Case {
  readonly elements: number;
  readonly lanes: number;
  readonly width: number;
  /** Longest sequence, and how many vectors more the store holds. */
  readonly longest: number;
  readonly more?: number;
  /** Cycles from a step's start to its first beat, and from beat to beat. */
  readonly offset: number;
  readonly spacing: number;
}

/** Vectors that follow the steps of legal traffic, on their way in and out. */
function reverseCorner(c: Case): Corner {
  const { elements, lanes, width, longest, more = 2, offset, spacing } = c;
  const random = createRandom(elements * 1000 + width * 10 + longest);
  const beats = elements / lanes;
  const depth = longest + more;
  const span = offset + (beats - 1) * spacing;
  const interval = Math.max((beats - 1) * spacing + 1, beats, SHORTEST_PACE);
  const traffic = playTraffic(
    {
      ...{ depth, interval, longest, cycles: CYCLES },
      delay: Math.max(span + STORE_LATENCY, SHORTEST_DELAY),
    },
    random,
  );
  const block = reverseBlock({ id: 'store', elements, lanes, width, depth });
  const vectors = traffic.starts.map(() => toBeats(randomWords(random, elements, width), lanes));
  const stimulus: Frames = new Map();
  const expected: Frames = new Map();
  const resetAt = traffic.inReset.indexOf(true, 10);
  /** True if the step's beat of a cycle is lost in the reset. */
  const lost = (start: number, cycle: number) => start <= resetAt && cycle > resetAt;
  traffic.inReset.forEach((reset, cycle) => {
    put(stimulus, cycle, { rst: reset ? 1n : 0n });
  });
  for (const { cycle: start, tag, id } of traffic.starts) {
    vectors[id]?.forEach((beat, b) => {
      const cycle = start + offset + b * spacing;
      if (lost(start, cycle)) return;
      const in_data = packBeat(beat, width);
      put(stimulus, cycle, { in_valid: 1n, in_tag: packTag(tag), in_data });
    });
  }
  let outputs = 0;
  for (const { cycle: start, tag, id } of traffic.replays) {
    put(stimulus, start, { go_start: 1n, go_tag: packTag(tag) });
    vectors[id]?.forEach((beat, b) => {
      const cycle = start + 1 + b;
      if (lost(start, cycle) || cycle >= CYCLES) return;
      outputs += 1;
      const out_data = packBeat(beat, width);
      put(expected, cycle, { out_valid: 1n, out_tag: packTag(tag), out_data });
    });
  }
  const stimulusFields: readonly Field[] = [
    { name: 'rst', width: 1 },
    { name: 'in_valid', width: 1 },
    { name: 'in_tag', width: 2, garbage: true },
    { name: 'in_data', width: lanes * width, garbage: true },
    { name: 'go_start', width: 1 },
    { name: 'go_tag', width: 2, garbage: true },
  ];
  const expectedFields: readonly Field[] = [
    { name: 'out_valid', width: 1 },
    { name: 'out_tag', width: 2 },
    { name: 'out_data', width: lanes * width },
  ];
  return {
    module: block.module,
    name: `${elements} words of ${width} bits on ${lanes} lanes, up to ${longest} steps of ${depth}, from cycle ${offset} every ${spacing}`,
    parameters: benchParameters(block),
    bench: { block, stimulus: stimulusFields, expected: expectedFields, input: 'go_start' },
    stimulus: toLines(stimulusFields, stimulus, CYCLES, random),
    expected: toLines(expectedFields, expected, CYCLES, random),
    outputs,
    latency: 1,
    checkContract() {
      expect(outputs).toBeGreaterThan(10);
      const from = { in: [offset], go: [0] };
      expect(block.timing(from).outputs['out']).toEqual(
        Array.from({ length: beats }, (_, b) => 1 + b),
      );
      const [beatsIn = []] = vectors;
      const { out } = block.createMachine().step({ in: beatsIn }, { first: true, last: false });
      expect(out).toEqual(beatsIn);
    },
  };
}

export const reverseCorners: readonly Corner[] = [
  reverseCorner({ elements: 4, lanes: 1, width: 8, longest: 3, offset: 2, spacing: 1 }),
  reverseCorner({ elements: 6, lanes: 3, width: 5, longest: 7, offset: 9, spacing: 3 }),
  reverseCorner({ elements: 1, lanes: 1, width: 2, longest: 1, offset: 1, spacing: 1 }),
  reverseCorner({ elements: 5, lanes: 5, width: 24, longest: 6, offset: 20, spacing: 1 }),
  reverseCorner({ elements: 12, lanes: 2, width: 3, longest: 4, offset: 1, spacing: 2 }),
  reverseCorner({ elements: 9, lanes: 1, width: 4, longest: 5, more: 0, offset: 1, spacing: 1 }),
];
