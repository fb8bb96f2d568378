import { expect } from 'vitest';
import { RESET_LATENCY } from '../../../src/hardware/blocks/reset.js';
import { floorBy, floorWide, roundBy, roundWide } from '../../../src/hardware/blocks/words.js';
import { ROUNDINGS, type Rounding } from '../../../src/base/fixed/rounding.js';
import { packBeat, put, toLines, type Corner, type Frames } from '../corner.js';
import {
  allWords,
  clipGolden,
  clog2,
  edgeWords,
  floorDiv,
  highest,
  lowest,
  roundGolden,
} from '../golden.js';
import { createRandom, randomWords, type Random } from '../random.js';

/** Modules without control: words go in, one set per cycle, and results come out. */

interface WordPort {
  readonly name: string;
  /** Words side by side, and bits of each. */
  readonly lanes?: number;
  readonly width: number;
}

interface WordCorner {
  readonly module: string;
  readonly name: string;
  readonly parameters: Corner['parameters'];
  readonly latency: number;
  readonly inputs: readonly WordPort[];
  readonly outputs: readonly { readonly name: string; readonly width: number }[];
  /** Per set, per input: its words. */
  readonly sets: readonly (readonly (readonly number[])[])[];
  /** Outputs of a set, in the order of `outputs`. */
  readonly golden: (set: readonly (readonly number[])[]) => readonly bigint[];
  readonly checkContract?: () => void;
}

function wordCorner(corner: WordCorner): Corner {
  const { module, name, parameters, latency, inputs, outputs, sets, golden } = corner;
  const random = createRandom(name.length + sets.length);
  const stimulus: Frames = new Map();
  const expected: Frames = new Map();
  sets.forEach((set, index) => {
    const words = inputs.map((port, i) => [port.name, packBeat(set[i] ?? [], port.width)] as const);
    put(stimulus, index + 1, { valid: 1n, ...Object.fromEntries(words) });
    const results = golden(set);
    const due = outputs.map((port, i) => [port.name, results[i] ?? 0n] as const);
    put(expected, index + 1 + latency, { valid: 1n, ...Object.fromEntries(due) });
  });
  const cycles = sets.length + latency + 4;
  const valid = { name: 'valid', width: 1 };
  const fields = inputs.map(({ lanes = 1, width, ...port }) => ({
    name: port.name,
    width: lanes * width,
    garbage: true,
  }));
  return {
    module,
    name,
    parameters,
    stimulus: toLines([valid, ...fields], stimulus, cycles, random),
    expected: toLines([valid, ...outputs], expected, cycles, random),
    outputs: sets.length,
    latency,
    checkContract: corner.checkContract ?? (() => undefined),
  };
}

/** Every pair of edge words, or of all words where they are few; then random pairs. */
function pairs(aWidth: number, bWidth: number, random: Random): number[][][] {
  const few = aWidth + bWidth <= 8;
  const as = few ? allWords(aWidth) : edgeWords(aWidth);
  const bs = few ? allWords(bWidth) : edgeWords(bWidth);
  const more = few ? 0 : 100;
  const randomAs = randomWords(random, more, aWidth);
  const randomBs = randomWords(random, more, bWidth);
  return [
    ...as.flatMap((a) => bs.map((b) => [[a], [b]])),
    ...randomAs.map((a, i) => [[a], [randomBs[i] ?? 0]]),
  ];
}

function multiplyCorner(aWidth: number, bWidth: number): Corner {
  return wordCorner({
    module: 'qs5_multiply',
    name: `${aWidth} x ${bWidth} bits`,
    parameters: { A_W: aWidth, B_W: bWidth },
    latency: 2,
    inputs: [
      { name: 'a', width: aWidth },
      { name: 'b', width: bWidth },
    ],
    outputs: [{ name: 'p', width: aWidth + bWidth }],
    sets: pairs(aWidth, bWidth, createRandom(aWidth * 31 + bWidth)),
    golden: ([[a = 0] = [], [b = 0] = []]) => [BigInt(a) * BigInt(b)],
  });
}

/** Sums within and beyond the width: they wrap. */
function multiplyAddCorner(
  aWidth: number,
  bWidth: number,
  width: number,
  stages: 0 | 1 = 0,
): Corner {
  const random = createRandom(aWidth * 37 + bWidth + width);
  const sets = pairs(aWidth, bWidth, random);
  const cs = randomWords(random, sets.length, Math.min(width, 32));
  return wordCorner({
    module: 'qs5_multiply_add',
    name: `${aWidth} x ${bWidth} bits into ${width}${stages === 1 ? ', c registered' : ''}`,
    parameters: { A_W: aWidth, B_W: bWidth, P_W: width, C_STAGES: stages },
    latency: 3,
    inputs: [
      { name: 'a', width: aWidth },
      { name: 'b', width: bWidth },
      { name: 'c', width },
    ],
    outputs: [{ name: 'p', width }],
    sets: sets.map((set, i) => [...set, [cs[i] ?? 0]]),
    golden: ([[a = 0] = [], [b = 0] = [], [c = 0] = []]) => [
      BigInt.asIntN(width, BigInt(c) + BigInt(a) * BigInt(b)),
    ],
  });
}

/** The first a is taken, others at random. */
function multiplyAddHeldCorner(aWidth: number, bWidth: number, width: number, hold: 0 | 1): Corner {
  const random = createRandom(aWidth * 43 + bWidth + width);
  const sets = pairs(aWidth, bWidth, random).map((set, i) => [
    [i === 0 || random(3) === 0 ? -1 : 0],
    ...set,
    randomWords(random, 1, Math.min(width, 32)),
  ]);
  let held = 0;
  const sums = new Map<unknown, bigint>(
    sets.map((set) => {
      const [[take] = [], [a = 0] = [], [b = 0] = [], [c = 0] = []] = set;
      if (take !== 0) held = a;
      return [set, BigInt.asIntN(width, BigInt(c) + BigInt(held) * BigInt(b))];
    }),
  );
  return wordCorner({
    module: 'qs5_multiply_add_held',
    name: `${aWidth} x ${bWidth} bits into ${width}${hold === 1 ? ', hold' : ''}`,
    parameters: { A_W: aWidth, B_W: bWidth, P_W: width, HOLD: hold },
    latency: 3,
    inputs: [
      { name: 'take', width: 1 },
      { name: 'a', width: aWidth },
      { name: 'b', width: bWidth },
      { name: 'c', width },
    ],
    outputs: [{ name: 'p', width }],
    sets,
    golden: (set) => [sums.get(set) ?? 0n],
  });
}

/** Every client in turn on every multiplier, the others showing something else meanwhile. */
function multiplyArrayCorner(
  count: number,
  clients: number,
  aWidth: number,
  bWidth: number,
): Corner {
  const random = createRandom(count * 100 + clients * 10 + aWidth);
  const lanes = clients * count;
  const sets = Array.from({ length: 80 }, (_, i) => [
    // One bit per client; bit c as the only one that is 1.
    Array.from({ length: clients }, (_c, c) => (c === i % clients ? -1 : 0)),
    randomWords(random, lanes, aWidth),
    randomWords(random, lanes, bWidth),
  ]);
  return wordCorner({
    module: 'qs5_multiply_array',
    name: `${count} for ${clients}, ${aWidth} x ${bWidth} bits`,
    parameters: { COUNT: count, CLIENTS: clients, A_W: aWidth, B_W: bWidth },
    latency: 2,
    inputs: [
      { name: 'mul_valid', lanes: clients, width: 1 },
      { name: 'mul_a', lanes, width: aWidth },
      { name: 'mul_b', lanes, width: bWidth },
    ],
    outputs: [{ name: 'mul_p', width: count * (aWidth + bWidth) }],
    sets,
    golden: ([valid = [], a = [], b = []]) => {
      const from = count * valid.indexOf(-1);
      const products = Array.from(
        { length: count },
        (_, i) => BigInt(a[from + i] ?? 0) * BigInt(b[from + i] ?? 0),
      );
      return [
        products.reduceRight(
          (bus, p) => (bus << BigInt(aWidth + bWidth)) | BigInt.asUintN(aWidth + bWidth, p),
          0n,
        ),
      ];
    },
  });
}

function addSubCorner(aWidth: number, bWidth: number, outWidth: number, subtract: 0 | 1): Corner {
  return wordCorner({
    module: 'qs5_add_sub',
    name: `${aWidth} ${subtract === 1 ? '-' : '+'} ${bWidth} bits to ${outWidth}`,
    parameters: { A_W: aWidth, B_W: bWidth, OUT_W: outWidth, SUBTRACT: subtract },
    latency: 0,
    inputs: [
      { name: 'a', width: aWidth },
      { name: 'b', width: bWidth },
    ],
    outputs: [{ name: 'out', width: outWidth }],
    sets: pairs(aWidth, bWidth, createRandom(aWidth * 31 + bWidth)),
    // toLines cuts to the width, which is the modulo of the header.
    golden: ([[a = 0] = [], [b = 0] = []]) => [
      subtract === 1 ? BigInt(a) - BigInt(b) : BigInt(a) + BigInt(b),
    ],
  });
}

/** Words around every tie and around the ends, as many as a bench can play. */
function roundWords(width: number, shift: number, random: Random): number[] {
  if (width <= 9) return allWords(width);
  const unit = 2 ** shift;
  const near = [-3, -2, -1, 0, 1, 2, 3].flatMap((k) =>
    [-1, 0, 1].flatMap((d) => [k * unit + d, k * unit + Math.floor(unit / 2) + d]),
  );
  const fits = near.filter((v) => v >= lowest(width) && v <= highest(width));
  return [...edgeWords(width), ...fits, ...randomWords(random, 100, width)];
}

function roundIncrementCorner(width: number, shift: number, rounding: Rounding): Corner {
  const words = roundWords(width, shift, createRandom(width * 100 + shift));
  return wordCorner({
    module: 'qs5_round_increment',
    name: `${width} bits, shift ${shift}, ${rounding}`,
    parameters: { IN_W: width, SHIFT: shift, ROUNDING: rounding },
    latency: 0,
    inputs: [{ name: 'in', width }],
    outputs: [{ name: 'increment', width: 1 }],
    sets: words.map((word) => [[word]]),
    golden: ([[word = 0] = []]) => [
      roundGolden(BigInt(word), shift, rounding) - floorDiv(BigInt(word), 2n ** BigInt(shift)),
    ],
    checkContract() {
      for (const word of words) {
        const want = roundGolden(BigInt(word), shift, rounding);
        expect(roundWide(BigInt(word), shift, rounding), String(word)).toBe(want);
        expect(BigInt(roundBy(shift, rounding)(word)), String(word)).toBe(want);
      }
    },
  });
}

/** Words to round, and words to which the half of the rounding was added. */
function roundSaturateCorner(
  [width, outWidth, shift]: readonly [number, number, number],
  rounding: Rounding,
  rounded: 0 | 1,
): Corner {
  const half =
    rounded === 1 && shift > 0 && rounding !== 'toward_zero' ? 2n ** BigInt(shift) / 2n : 0n;
  const random = createRandom(width * 100 + shift);
  const unit = 2 ** shift;
  // Every tie and its neighbours around the ends of the result, as few as they may be.
  const ends = [-1, 1].flatMap((sign) =>
    [-2, -1, 0, 1, 2].flatMap((k) =>
      [-1, 0, 1].flatMap((d) => {
        const at = (sign * 2 ** (outWidth - 1) + k) * unit;
        return [at + d, at + Math.floor(unit / 2) + d];
      }),
    ),
  );
  const fits = ends.filter((v) => v >= lowest(width) && v <= highest(width));
  const words = [...roundWords(width, shift, random), ...(width <= 9 ? [] : fits)];
  const exact = (word: number) => roundGolden(BigInt(word) - half, shift, rounding);
  return wordCorner({
    module: 'qs5_round_saturate',
    name: `${width} to ${outWidth} bits, shift ${shift}, ${rounding}${rounded === 1 ? ', half added' : ''}`,
    parameters: {
      ...{ IN_W: width, OUT_W: outWidth, SHIFT: shift },
      ...{ ROUNDING: rounding, ROUNDED: rounded },
    },
    latency: 2,
    inputs: [{ name: 'in', width }],
    outputs: [
      { name: 'clipped', width: 1 },
      { name: 'out', width: outWidth },
    ],
    sets: words.map((word) => [[word]]),
    golden([[word = 0] = []]) {
      const clipped = clipGolden(exact(word), outWidth);
      return [clipped === exact(word) ? 0n : 1n, clipped];
    },
    checkContract() {
      if (rounded === 0) return;
      for (const word of words) {
        expect(floorWide(BigInt(word), shift, rounding), String(word)).toBe(exact(word));
        expect(BigInt(floorBy(shift, rounding)(word)), String(word)).toBe(exact(word));
      }
    },
  });
}

function addPiecesCorner(width: number, pieces: number, dropped: number): Corner {
  const random = createRandom(width * 10 + pieces);
  const below = BigInt(dropped * Math.ceil(width / pieces));
  // Carries that go through all pieces, sums that are zero below.
  const opposite = randomWords(random, 40, width).map((a) => [[a], [-1 - a]]);
  const cancel = randomWords(random, 40, width).map((a) => [[a], [a === lowest(width) ? a : -a]]);
  return wordCorner({
    module: 'qs5_add_pipelined',
    name: `${width} bits in ${pieces}, ${dropped} dropped`,
    parameters: { W: width, PIECES: pieces, DROPPED: dropped },
    latency: pieces,
    inputs: [
      { name: 'a', width },
      { name: 'b', width },
    ],
    outputs: [{ name: 'sum', width: width - Number(below) + 1 }],
    sets: [...pairs(width, width, random), ...opposite, ...cancel],
    golden: ([[a = 0] = [], [b = 0] = []]) => {
      const sum = BigInt.asUintN(width, BigInt(a) + BigInt(b));
      return [((sum >> below) << 1n) | (sum & (2n ** below - 1n) ? 1n : 0n)];
    },
  });
}

function adderTreeCorner(n: number, width: number): Corner {
  const random = createRandom(n * 100 + width);
  const all = (word: number) => new Array<number>(n).fill(word);
  const oneHot = Array.from({ length: n }, (_, i) => all(0).with(i, lowest(width)));
  return wordCorner({
    module: 'qs5_adder_tree',
    name: `${n} words of ${width} bits`,
    parameters: { N: n, W: width },
    latency: clog2(n),
    inputs: [{ name: 'in', lanes: n, width }],
    outputs: [{ name: 'out', width: width + clog2(n) }],
    sets: [
      ...edgeWords(width).map(all),
      ...oneHot,
      ...Array.from({ length: 60 }, () => randomWords(random, n, width)),
    ].map((words) => [words]),
    golden: ([words = []]) => [words.reduce((sum, word) => sum + BigInt(word), 0n)],
  });
}

const ROUND_SIZES = [
  [1, 0],
  [2, 1],
  [3, 2],
  [8, 0],
  [8, 1],
  [9, 4],
  [8, 7],
  [17, 5],
  [24, 23],
  [37, 20],
] as const;

/** Bits in, bits out, shift. */
const NARROW_SIZES = [
  [1, 2, 0],
  [1, 5, 0],
  [1, 3, 2],
  [1, 16, 9],
  [2, 2, 0],
  [8, 4, 0],
  [8, 8, 0],
  [9, 12, 3],
  [9, 2, 1],
  [9, 5, 2],
  [9, 6, 3],
  [8, 3, 4],
  [4, 4, 6],
  [30, 8, 18],
  [24, 16, 2],
  [33, 16, 17],
  [36, 13, 9],
] as const;

/** Resets of blocks, from that of AXI: short ones and long ones. */
function resetCorner(blocks: number, longest: number): Corner {
  const random = createRandom(longest);
  const levels = Array.from({ length: 20 }, (_, i) =>
    Array.from({ length: 1 + random(longest) }, () => i % 2),
  ).flat();
  return wordCorner({
    module: 'qs5_reset',
    name: `${blocks} of at most ${longest} cycles`,
    parameters: { BLOCKS: blocks },
    latency: RESET_LATENCY,
    inputs: [{ name: 'aresetn', width: 1 }],
    outputs: [{ name: 'rst', width: blocks }],
    sets: levels.map((level) => [[level]]),
    golden: ([aresetn]) => [aresetn?.[0] === 0 ? (1n << BigInt(blocks)) - 1n : 0n],
  });
}

export const wordCorners: readonly Corner[] = [
  resetCorner(1, 9),
  resetCorner(3, 2),
  resetCorner(20, 1),
  multiplyCorner(1, 1),
  multiplyCorner(1, 8),
  multiplyCorner(2, 2),
  multiplyCorner(4, 3),
  multiplyCorner(8, 8),
  multiplyCorner(9, 16),
  multiplyCorner(24, 2),
  multiplyCorner(24, 24),
  multiplyAddCorner(1, 2, 1),
  multiplyAddCorner(2, 3, 1),
  multiplyAddCorner(2, 3, 4),
  multiplyAddCorner(8, 8, 16),
  multiplyAddCorner(16, 8, 26),
  multiplyAddCorner(18, 16, 40),
  multiplyAddCorner(8, 8, 20, 1),
  multiplyAddCorner(16, 16, 32, 1),
  multiplyAddHeldCorner(1, 2, 1, 1),
  multiplyAddHeldCorner(2, 3, 4, 0),
  multiplyAddHeldCorner(8, 8, 22, 1),
  multiplyAddHeldCorner(9, 16, 25, 0),
  multiplyArrayCorner(1, 1, 1, 2),
  multiplyArrayCorner(1, 1, 8, 8),
  multiplyArrayCorner(3, 1, 9, 4),
  multiplyArrayCorner(1, 5, 16, 8),
  multiplyArrayCorner(4, 3, 7, 12),
  multiplyArrayCorner(2, 2, 24, 24),
  ...ROUND_SIZES.flatMap(([width, shift]) =>
    ROUNDINGS.map((rounding) => roundIncrementCorner(width, shift, rounding)),
  ),
  ...NARROW_SIZES.flatMap((sizes) =>
    ROUNDINGS.flatMap((rounding) =>
      ([0, 1] as const).map((rounded) => roundSaturateCorner(sizes, rounding, rounded)),
    ),
  ),
  addPiecesCorner(1, 1, 0),
  addPiecesCorner(2, 2, 1),
  addPiecesCorner(4, 1, 0),
  addPiecesCorner(4, 2, 1),
  addPiecesCorner(9, 3, 2),
  addPiecesCorner(34, 3, 1),
  addPiecesCorner(40, 4, 3),
  addPiecesCorner(34, 2, 0),
  addSubCorner(1, 1, 2, 0),
  addSubCorner(4, 4, 5, 1),
  addSubCorner(8, 12, 13, 0),
  addSubCorner(12, 8, 13, 1),
  addSubCorner(24, 24, 20, 1),
  addSubCorner(24, 24, 24, 0),
  addSubCorner(5, 9, 24, 1),
  ...[1, 2, 3, 4, 5, 7, 8, 13, 16].map((n) => adderTreeCorner(n, n === 3 ? 24 : 2 + n)),
  adderTreeCorner(1, 1),
  adderTreeCorner(6, 1),
];
