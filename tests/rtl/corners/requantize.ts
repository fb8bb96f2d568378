import { requantizeBlock } from '../../../src/hardware/blocks/requantize.js';
import { requantizeChainBlock } from '../../../src/hardware/blocks/requantize_chain.js';
import { isShift, requantizeShiftBlock } from '../../../src/hardware/blocks/requantize_shift.js';
import { ROUNDINGS, type Rounding } from '../../../src/base/fixed/rounding.js';
import { toBeats, type Corner } from '../corner.js';
import { clipGolden, edgeWords, floorDiv, highest, lowest, roundGolden } from '../golden.js';
import { createRandom, randomWord } from '../random.js';
import { streamCorner } from '../stream_corner.js';

interface Case {
  readonly channels: number;
  readonly lanes: number;
  readonly inWidth: number;
  readonly outWidth: number;
  readonly shift: number;
  /** One for all, or one per channel. */
  readonly multiplier: readonly number[];
  readonly offset: readonly number[];
}

/** How many words to look at for ties. */
const TIE_SEARCH = 3000;

/** Material of the sum: LUTs, or multipliers that add. */
type Form = { readonly carry: number } | { readonly cut: number };

function requantizeCorner(c: Case, rounding: Rounding, form: Form): Corner {
  const { channels, lanes, inWidth, outWidth, shift } = c;
  const random = createRandom(channels * 1000 + inWidth * 10 + shift);
  const factor = (list: readonly number[], h: number) => list[list.length === 1 ? 0 : h] ?? 0;
  const sum = (word: number, h: number) =>
    BigInt(word) * BigInt(factor(c.multiplier, h)) + BigInt(factor(c.offset, h));
  const rounded = (word: number, h: number) => roundGolden(sum(word, h), shift, rounding);

  /** Full scale, then words that make ties, then those around the ends of the result. */
  const directed = (h: number): number[] => {
    const unit = 2n ** BigInt(shift);
    const ties: number[] = [];
    for (let i = 0; i < TIE_SEARCH && ties.length < 8; i++) {
      const word = i % 2 === 0 ? i / 2 : -(i + 1) / 2;
      if (word < lowest(inWidth) || word > highest(inWidth)) break;
      const value = sum(word, h) * 2n;
      if (value - floorDiv(value, 2n * unit) * 2n * unit === unit) ties.push(word);
    }
    const m = BigInt(factor(c.multiplier, h));
    const ends = [-1n, 1n].flatMap((sign) => {
      const target = sign * 2n ** BigInt(outWidth - 1) * unit - BigInt(factor(c.offset, h));
      const at = Number(m === 0n ? 0n : floorDiv(target, m));
      const step = Math.max(1, Math.floor(Number(unit / (m === 0n ? 1n : m < 0n ? -m : m))));
      return [-step, -1, 0, 1, step].map((d) => at + d);
    });
    const fits = ends.filter((w) => w >= lowest(inWidth) && w <= highest(inWidth));
    return [...ties, ...fits, ...edgeWords(inWidth)];
  };

  const perChannel = Array.from({ length: channels }, (_, h) => directed(h));
  const count = Math.max(12, ...perChannel.map(({ length }) => length)) + 6;
  const steps = Array.from({ length: count }, (_, step) => ({
    in: toBeats(
      perChannel.map((words) => words[step] ?? randomWord(random, inWidth)),
      lanes,
    ),
  }));

  const kind =
    c.offset.some((b) => b !== 0) || c.multiplier.length > 1 ? 'per channel' : 'constant';
  const parameters = {
    ...{ id: 'q', channels, lanes, inWidth, outWidth, shift, rounding },
    ...{ multiplier: c.multiplier, offset: c.offset },
    inRange: { lo: lowest(inWidth), hi: highest(inWidth) },
  };
  const block = isShift(c)
    ? requantizeShiftBlock(parameters)
    : 'cut' in form
      ? requantizeChainBlock({ ...parameters, cut: form.cut })
      : requantizeBlock({
          ...parameters,
          carry: form.carry,
          // Some are served by wider multipliers than they need.
          ...(channels % 2 === 0 ? { served: { aBits: 26, bBits: 25 } } : {}),
        });
  // Each kind of ROM has a file of its own.
  const how = 'cut' in form ? `, cut at ${form.cut}` : '';
  return streamCorner({
    name: `${channels} on ${lanes}, ${inWidth} to ${outWidth} bits, ${kind} ${c.multiplier[0] ?? 0}, shift ${shift}, ${rounding}${how}`,
    block,
    steps,
    createGolden:
      () =>
      ({ in: beats = [] }) => {
        const exact = beats.map((beat, b) => beat.map((word, l) => rounded(word, b * lanes + l)));
        const out = exact.map((beat) => beat.map((v) => Number(clipGolden(v, outWidth))));
        const clipped = exact.map((beat, b) => beat.some((v, l) => Number(v) !== out[b]?.[l]));
        return { out, clipped };
      },
  });
}

const CASES: readonly Case[] = [
  // A shift alone.
  { channels: 1, lanes: 1, inWidth: 12, outWidth: 8, shift: 3, multiplier: [1], offset: [0] },
  { channels: 6, lanes: 3, inWidth: 9, outWidth: 8, shift: 1, multiplier: [1], offset: [0] },
  { channels: 3, lanes: 1, inWidth: 8, outWidth: 4, shift: 0, multiplier: [1], offset: [0] },
  { channels: 2, lanes: 2, inWidth: 6, outWidth: 2, shift: 7, multiplier: [1], offset: [0] },
  // One constant.
  { channels: 5, lanes: 1, inWidth: 16, outWidth: 8, shift: 12, multiplier: [77], offset: [0] },
  { channels: 4, lanes: 4, inWidth: 24, outWidth: 16, shift: 20, multiplier: [-4711], offset: [0] },
  { channels: 2, lanes: 1, inWidth: 4, outWidth: 12, shift: 0, multiplier: [3], offset: [0] },
  // The lowest product needs a bit more than it does with the half of the rounding in it.
  { channels: 2, lanes: 2, inWidth: 2, outWidth: 2, shift: 19, multiplier: [1112541], offset: [0] },
  // Factors per channel.
  {
    ...{ channels: 6, lanes: 2, inWidth: 18, outWidth: 8, shift: 14 },
    multiplier: [97, -100, 64, 1, -32768, 32767],
    offset: [0, 8192, -8192, 100000, -5, 1],
  },
  {
    ...{ channels: 3, lanes: 1, inWidth: 6, outWidth: 3, shift: 3 },
    multiplier: [1, -1, 0],
    offset: [4, 0, -4],
  },
  { channels: 1, lanes: 1, inWidth: 10, outWidth: 6, shift: 5, multiplier: [3], offset: [16] },
  { channels: 4, lanes: 2, inWidth: 2, outWidth: 2, shift: 1, multiplier: [1], offset: [1] },
  {
    ...{ channels: 5, lanes: 5, inWidth: 24, outWidth: 24, shift: 9 },
    multiplier: [511, 512, 513, -512, 2],
    offset: [0, 256, -256, 255, 2 ** 30],
  },
  // Nothing but zeros comes in, as from a matrix of zeros: a word of one bit.
  { channels: 3, lanes: 1, inWidth: 1, outWidth: 8, shift: 0, multiplier: [1], offset: [0] },
  { channels: 4, lanes: 2, inWidth: 1, outWidth: 2, shift: 5, multiplier: [1], offset: [0] },
  { channels: 2, lanes: 2, inWidth: 1, outWidth: 8, shift: 6, multiplier: [77], offset: [0] },
  {
    channels: 2,
    lanes: 1,
    inWidth: 1,
    outWidth: 8,
    shift: 3,
    multiplier: [5, 0],
    offset: [9, -70],
  },
  // The half of the rounding brings the least sum into fewer bits than the product has.
  { channels: 2, lanes: 1, inWidth: 2, outWidth: 4, shift: 4, multiplier: [33], offset: [0] },
  // Multipliers of zero, and one that no parameter of 32 bits holds.
  { channels: 4, lanes: 2, inWidth: 8, outWidth: 8, shift: 4, multiplier: [0], offset: [0] },
  { channels: 3, lanes: 3, inWidth: 6, outWidth: 6, shift: 2, multiplier: [0], offset: [8, -8, 0] },
  { channels: 3, lanes: 1, inWidth: 3, outWidth: 6, shift: 0, multiplier: [2 ** 32], offset: [0] },
  {
    channels: 1,
    lanes: 1,
    inWidth: 3,
    outWidth: 6,
    shift: 1,
    multiplier: [-(2 ** 31) - 1],
    offset: [0],
  },
  // The offset decides the width of the sum.
  {
    ...{ channels: 2, lanes: 1, inWidth: 3, outWidth: 8, shift: 10 },
    multiplier: [1, 2],
    offset: [2 ** 20, -(2 ** 20)],
  },
];

/** Carry chains of that many bits at most, for sums of one piece and of several. */
const CARRIES = [40, 9, 13];

export const requantizeCorners: readonly Corner[] = CASES.flatMap((c, i) =>
  ROUNDINGS.flatMap((rounding, r) => {
    const plain = requantizeCorner(c, rounding, { carry: CARRIES[(i + r) % 3] ?? 0 });
    const cut = (i + r) % 2 === 0 || c.inWidth === 1 ? 0 : Math.ceil(c.inWidth / 2);
    return isShift(c) ? [plain] : [plain, requantizeCorner(c, rounding, { cut })];
  }),
);
