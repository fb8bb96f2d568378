import type { Field } from '../corner.js';
import { expect } from 'vitest';
import { must, type Beat, type Block } from '../../../src/hardware/blocks/block.js';
import { matvecBlock } from '../../../src/hardware/blocks/matvec.js';
import { matvecChainBlock } from '../../../src/hardware/blocks/matvec_chain.js';
import { matvecRingBlock, type RingShape } from '../../../src/hardware/blocks/matvec_ring.js';
import {
  benchParameters,
  packBeat,
  packTag,
  put,
  toBeats,
  toLines,
  type Corner,
  type Frames,
} from '../corner.js';
import { bitsFor, clog2, highest, lowest } from '../golden.js';
import { createRandom, randomWords } from '../random.js';
import { RESET_CYCLES, resetsOf, scheduleSteps, type ScheduledStep } from '../schedule.js';

interface Case {
  readonly rows: number;
  readonly cols: number;
  readonly pe: number;
  readonly simd: number;
  readonly outLanes: number;
  readonly xWidth: number;
  readonly weightWidth: number;
  /** Greatest weight, where it is less than the width allows. */
  readonly greatest?: number;
  /** Links of a chain; multipliers outside where there is none. */
  readonly chain?: number;
  /** Sums that go round in chains. */
  readonly ring?: RingShape;
  /** Loaded accumulators, with carry chains of this number of bits. */
  readonly carryBits?: number;
  /** Cycles by which GROUP_CYCLES is longer than the contract makes it. */
  readonly idle?: number;
}

const STEPS = 12;

function matvecCorner(c: Case): Corner {
  const { rows, cols, pe, simd, outLanes, xWidth, weightWidth } = c;
  const random = createRandom(rows * 1000 + cols * 10 + pe);
  const weights = randomWords(random, rows * cols, weightWidth).map((word, i) =>
    c.greatest !== undefined
      ? Math.sign(word) * (Math.abs(word) % (c.greatest + 1)) + 0
      : i < cols
        ? lowest(weightWidth)
        : word,
  );
  const row = (m: number) => weights.slice(m * cols, (m + 1) * cols);
  const dot = (w: readonly number[], x: readonly number[]) =>
    w.reduce((sum, word, n) => sum + BigInt(word) * BigInt(x[n] ?? 0), 0n);

  // The vectors that take a row to its two ends, and so the accumulator to its bound.
  const worst = (m: number, sign: number) =>
    row(m).map((w) => (w * sign < 0 ? lowest(xWidth) : highest(xWidth)));
  const ends = Array.from({ length: rows }, (_, m) => [
    dot(row(m), worst(m, 1)),
    dot(row(m), worst(m, -1)),
  ]).flat();
  const parameters = {
    ...{ id: 'm', name: 'M', rows, cols, pe, simd, outLanes, xWidth, weightWidth },
    weights: Int32Array.from(weights),
    accWidth: bitsFor(ends),
    ...(c.carryBits === undefined ? {} : { accumulate: { load: true, carryBits: c.carryBits } }),
  };
  const { ring } = c;
  const chain = c.chain ?? ring?.chain;
  const block =
    ring !== undefined
      ? matvecRingBlock({ ...parameters, ...ring, hold: rows % 4 === 0 })
      : chain !== undefined
        ? matvecChainBlock({ ...parameters, chain })
        : matvecBlock({
            ...parameters,
            // Some are served by wider multipliers than they need.
            ...(rows % 2 === 0 ? { served: { aBits: xWidth + 1, bBits: weightWidth + 4 } } : {}),
          });
  const vectors = Array.from({ length: STEPS }, (_, step) =>
    step < 6
      ? worst(step % rows, step % 2 === 0 ? 1 : -1)
      : step === 6
        ? new Array<number>(cols).fill(lowest(xWidth))
        : randomWords(random, cols, xWidth),
  );
  const golden = (x: readonly number[]): Beat[] =>
    toBeats(
      Array.from({ length: rows }, (_, m) => Number(dot(row(m), x))),
      outLanes,
    );

  // From the headers: when words are read, when sums leave, the latency to the first of them.
  const groups = rows / pe;
  const reads = cols / simd;
  const perGroup = pe / outLanes;
  const shortest = Math.max(reads, perGroup);
  const groupCycles = shortest + (c.idle ?? 0);
  const slots = ring?.slots ?? 1;
  const links = chain === undefined ? clog2(simd) : chain + clog2(simd / chain);
  const load = c.carryBits !== undefined && reads > 1;
  const parts = load ? Math.ceil(bitsFor(ends) / (c.carryBits ?? 1)) : 1;
  const wait = perGroup > 1 || (reads > 1 && !load);
  const finish = (load ? 1 : 0) + (wait ? 1 : 0) + parts - 1;
  const latency =
    (ring === undefined ? reads : (reads - 1) * slots + 1) +
    3 +
    links +
    (ring === undefined ? finish : 0);
  const turns = groups / slots;
  const turnCycles = ring === undefined ? groupCycles : reads * slots;
  /** Cycle of a read of a turn, from the start; of a beat, from the first. */
  const readAt = (turn: number, k: number, cycles = turnCycles) => 1 + turn * cycles + k * slots;
  const beatAt = (beat: number, cycles = turnCycles) => {
    const group = Math.floor(beat / perGroup);
    return Math.floor(group / slots) * cycles + (group % slots) + (beat % perGroup);
  };
  const schedule = scheduleSteps(STEPS, groups * groupCycles, groups * groupCycles, random);

  const stimulus: Frames = new Map();
  const expected: Frames = new Map();
  const resets = [0, ...resetsOf(schedule)];
  for (const reset of resets) {
    for (let i = 0; i < RESET_CYCLES; i++) put(stimulus, reset + i, { rst: 1n });
  }
  let outputs = 0;
  let end = 0;
  schedule.forEach(({ tag, cycles: [start = 0], reset }, step) => {
    const x = toBeats(vectors[step] ?? [], simd);
    put(stimulus, start, { x_start: 1n, x_tag: packTag(tag) });
    for (let g = 0; g < turns; g++) {
      for (let k = 0; k < reads; k++) {
        const cycle = start + readAt(g, k);
        if (cycle > reset) continue;
        put(expected, cycle, {
          x_read: 1n,
          x_pass_end: k === reads - 1 ? 1n : 0n,
          x_release: g === turns - 1 ? 1n : 0n,
        });
        put(stimulus, cycle + 1, { x_data: packBeat(x[k] ?? [], xWidth) });
        // The words read are multiplied in the next cycle.
        if (cycle < reset && chain === undefined) put(expected, cycle + 1, { mul_valid: 1n });
      }
    }
    golden(vectors[step] ?? []).forEach((beat, b) => {
      const cycle = start + latency + beatAt(b);
      if (cycle > reset) return;
      outputs += 1;
      end = Math.max(end, cycle);
      const out_data = packBeat(beat, block.ports[1]?.width ?? 0);
      put(expected, cycle, { out_valid: 1n, out_tag: packTag(tag), out_data });
    });
  });
  const cycles = end + 10;
  const stimulusFields: readonly Field[] = [
    { name: 'rst', width: 1 },
    { name: 'x_start', width: 1 },
    { name: 'x_tag', width: 2, garbage: true },
    { name: 'x_data', width: simd * xWidth, garbage: true },
  ];
  const expectedFields: readonly Field[] = [
    ...(chain === undefined ? [{ name: 'mul_valid', width: 1 }] : []),
    { name: 'x_read', width: 1 },
    { name: 'x_pass_end', width: 1 },
    { name: 'x_release', width: 1 },
    { name: 'out_valid', width: 1 },
    { name: 'out_tag', width: 2 },
    { name: 'out_data', width: outLanes * bitsFor(ends) },
  ];
  return {
    module: block.module,
    name: `${rows}x${cols}, ${pe} rows x ${simd} columns${chain === undefined ? '' : ` in chains of ${chain}`}${ring === undefined ? '' : `, ${slots} in turn, ${ring.romLinks} a ROM`}${c.carryBits === undefined ? '' : `, carries of ${c.carryBits} bits`}, ${outLanes} out, ${xWidth}x${weightWidth} bits, ${turnCycles} cycles`,
    parameters: {
      ...benchParameters(block),
      ...(ring === undefined ? { GROUP_CYCLES: groupCycles } : {}),
    },
    bench: { block, stimulus: stimulusFields, expected: expectedFields, input: 'x_start' },
    stimulus: toLines(stimulusFields, stimulus, cycles, random),
    expected: toLines(expectedFields, expected, cycles, random),
    outputs,
    latency,
    checkContract() {
      expect(block.minInterval).toBe(groups * shortest);
      const { outputs: due, reads: read } = block.timing({ x: [7] });
      if (chain === undefined) expect(must(due, 'mul')).toHaveLength(groups * reads);
      const beats = Array.from({ length: rows / outLanes }, (_, b) => b);
      const cycles = turnCycles - (c.idle ?? 0);
      expect(must(due, 'out')).toEqual(beats.map((b) => 7 + latency + beatAt(b, cycles)));
      const pass = Array.from({ length: reads }, (_, k) => 7 + readAt(0, k));
      expect(read).toEqual({ x: { pass, last: 7 + readAt(turns - 1, reads - 1, cycles) } });
      checkMachine(block, schedule, vectors, simd, golden);
    },
  };
}

function checkMachine(
  block: Block,
  schedule: readonly ScheduledStep[],
  vectors: readonly (readonly number[])[],
  simd: number,
  golden: (x: readonly number[]) => Beat[],
): void {
  const machine = block.createMachine();
  vectors.forEach((x, step) => {
    const tag = schedule[step]?.tag ?? { first: false, last: false };
    expect(machine.step({ x: toBeats(x, simd) }, tag).out, `step ${step}`).toEqual(golden(x));
  });
}

/** rows, cols, PE, SIMD, OUT_LANES, X_W, WEIGHT_W */
const SIZES = [
  [2, 1, 1, 1, 1, 1, 2],
  [1, 1, 1, 1, 1, 2, 2],
  [4, 4, 1, 1, 1, 8, 8],
  [6, 4, 2, 4, 1, 8, 6],
  [12, 12, 4, 6, 2, 6, 8],
  [8, 3, 8, 1, 1, 8, 8],
  [8, 2, 8, 2, 2, 5, 7],
  [5, 7, 5, 7, 5, 8, 8],
  [3, 5, 1, 5, 1, 16, 8],
  [10, 6, 5, 3, 5, 3, 4],
  [9, 9, 3, 3, 1, 12, 10],
  [4, 24, 2, 8, 2, 24, 2],
  [16, 8, 4, 2, 4, 4, 3],
  [6, 1, 6, 1, 3, 2, 24],
  [1, 100, 1, 1, 1, 8, 8],
  [15, 1, 3, 1, 1, 8, 8],
] as const;

/** The same, and CHAIN */
const CHAINS = [
  [1, 1, 1, 1, 1, 2, 2, 1],
  [6, 4, 2, 4, 1, 8, 6, 2],
  [12, 12, 4, 6, 2, 6, 8, 6],
  [8, 2, 8, 2, 2, 5, 7, 2],
  [5, 7, 5, 7, 5, 8, 8, 7],
  [9, 9, 3, 9, 1, 12, 10, 3],
  [4, 24, 2, 24, 2, 24, 2, 12],
  [16, 8, 4, 2, 4, 4, 3, 1],
  [3, 36, 1, 12, 1, 8, 8, 4],
  [15, 1, 3, 1, 1, 8, 8, 1],
] as const;

/** rows, cols, PE = OUT_LANES, SIMD, X_W, WEIGHT_W, CHAIN, SLOTS, ROM_LINKS */
const RINGS = [
  [1, 1, 1, 1, 2, 2, 1, 1, 1],
  [4, 4, 1, 1, 8, 8, 1, 1, 1], // cleared by gates
  [4, 4, 1, 1, 8, 8, 1, 2, 1], // by a register
  [9, 5, 1, 1, 8, 8, 1, 3, 1],
  [16, 16, 1, 4, 8, 8, 4, 4, 2],
  [12, 18, 2, 6, 5, 7, 3, 6, 3], // no power of two: the address counts
  [16, 12, 2, 6, 8, 8, 2, 4, 2], // three chains
  [12, 12, 1, 12, 16, 8, 12, 12, 4], // a vector is read once
  [24, 8, 3, 8, 8, 3, 4, 8, 1], // two chains, once
  [20, 6, 1, 2, 8, 8, 2, 5, 1],
  [7, 14, 1, 7, 4, 6, 7, 7, 7],
  [5, 7, 5, 7, 8, 8, 1, 1, 1], // all at once
  [10, 4, 1, 2, 24, 2, 1, 10, 1],
] as const;

export const matvecCorners: readonly Corner[] = [
  ...SIZES.map(([rows, cols, pe, simd, outLanes, xWidth, weightWidth]) =>
    matvecCorner({ rows, cols, pe, simd, outLanes, xWidth, weightWidth }),
  ),
  ...CHAINS.map(([rows, cols, pe, simd, outLanes, xWidth, weightWidth, chain]) =>
    matvecCorner({ rows, cols, pe, simd, outLanes, xWidth, weightWidth, chain }),
  ),
  ...RINGS.map(([rows, cols, pe, simd, xWidth, weightWidth, chain, slots, romLinks]) =>
    matvecCorner({
      ...{ rows, cols, pe, simd, outLanes: pe, xWidth, weightWidth },
      ring: { chain, slots, romLinks },
    }),
  ),
  matvecCorner({
    ...{ rows: 6, cols: 8, pe: 2, simd: 4, outLanes: 1, chain: 4 },
    ...{ xWidth: 8, weightWidth: 8, idle: 3 },
  }),
  // Accumulators that are loaded, in parts; whose sums leave at once, or wait.
  ...[30, 11, 6].flatMap((carryBits) => [
    matvecCorner({
      ...{ rows: 6, cols: 12, pe: 2, simd: 3, outLanes: 2, carryBits },
      ...{ xWidth: 8, weightWidth: 8 },
    }),
    matvecCorner({
      ...{ rows: 12, cols: 8, pe: 4, simd: 2, outLanes: 1, carryBits },
      ...{ xWidth: 9, weightWidth: 8 },
    }),
    matvecCorner({
      ...{ rows: 8, cols: 16, pe: 2, simd: 4, outLanes: 1, chain: 4, carryBits },
      ...{ xWidth: 8, weightWidth: 8 },
    }),
    matvecCorner({
      ...{ rows: 4, cols: 4, pe: 2, simd: 4, outLanes: 1, carryBits },
      ...{ xWidth: 8, weightWidth: 8 },
    }),
    matvecCorner({
      ...{ rows: 3, cols: 5, pe: 1, simd: 1, outLanes: 1, carryBits, idle: 2 },
      ...{ xWidth: 8, weightWidth: 8 },
    }),
  ]),
  // Groups further apart than they need to be.
  matvecCorner({
    ...{ rows: 6, cols: 4, pe: 2, simd: 2, outLanes: 1 },
    ...{ xWidth: 8, weightWidth: 8, idle: 3 },
  }),
  // A matrix of zeros, whose sums have one bit.
  ...[undefined, 30].flatMap((carryBits) =>
    [undefined, 1, 4].map((chain) =>
      matvecCorner({
        ...{
          rows: 4,
          cols: 8,
          pe: 2,
          simd: 4,
          outLanes: 1,
          xWidth: 6,
          weightWidth: 4,
          greatest: 0,
        },
        ...(carryBits === undefined ? {} : { carryBits }),
        ...(chain === undefined ? {} : { chain }),
      }),
    ),
  ),
  ...[1, 4].map((slots) =>
    matvecCorner({
      ...{ rows: 4, cols: 8, pe: 1, simd: 1, outLanes: 1, xWidth: 6, weightWidth: 4, greatest: 0 },
      ring: { chain: 1, slots, romLinks: 1 },
    }),
  ),
  matvecCorner({
    ...{ rows: 1, cols: 1, pe: 1, simd: 1, outLanes: 1, xWidth: 2, weightWidth: 2, greatest: 0 },
  }),
  // Weights of few values: the accumulator is narrower than the sum of the products.
  matvecCorner({
    ...{ rows: 4, cols: 16, pe: 2, simd: 16, outLanes: 1 },
    ...{ xWidth: 6, weightWidth: 12, greatest: 1 },
  }),
];
