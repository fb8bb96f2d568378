import { expect } from 'vitest';
import { layerNormBlock } from '../../../src/hardware/blocks/layer_norm.js';
import { ROUNDINGS, type Rounding } from '../../../src/base/fixed/rounding.js';
import { bufferedVector } from '../buffered_vector.js';
import { toBeats, type Corner } from '../corner.js';
import { bitsFor, highest, lowest, roundGolden } from '../golden.js';
import { createRandom, randomWords } from '../random.js';
import { streamCorner } from '../stream_corner.js';

interface Case {
  readonly channels: number;
  readonly lanes: number;
  readonly width: number;
  readonly epsilon: bigint;
  readonly indexWidth: number;
  readonly frac: number;
  readonly outFrac: number;
  /** Cycles from the last beat in to the first read, and to the first beat out. */
  readonly readAt: number;
  readonly outAt: number;
  /** Bits of both operands of a DSP. */
  readonly port?: number;
}

/** The formulas of the header, in whole numbers. */
function normalised(x: readonly number[], c: Case, table: Int32Array, rounding: Rounding) {
  const words = x.map(BigInt);
  const h = BigInt(c.channels);
  const s = words.reduce((sum, word) => sum + word, 0n);
  const q = words.reduce((sum, word) => sum + word * word, 0n);
  const d = h * q - s * s + c.epsilon;
  const k = Math.floor((d.toString(2).length - 1) / 2);
  const unit = 2n ** BigInt(c.indexWidth);
  const i = (d * unit) / 4n ** BigInt(k) - unit;
  const r = BigInt(table[Number(i)] ?? NaN);
  return words.map((word) => roundGolden((h * word - s) * r, c.frac + k - c.outFrac, rounding));
}

function layerNormCorner(c: Case, rounding: Rounding): Corner {
  const { channels, lanes, width, indexWidth, frac } = c;
  const random = createRandom(channels * 1000 + width * 10 + lanes);
  const unit = 2 ** indexWidth;
  const table = Int32Array.from({ length: 3 * unit }, (_, i) =>
    Math.min(2 ** frac - 1, Math.round(2 ** frac / Math.sqrt(1 + (i + 0.5) / unit))),
  );
  const all = (word: number) => new Array<number>(channels).fill(word);
  const one = (word: number, h: number) => all(0).map((zero, i) => (i === h ? word : zero));
  const vectors: readonly (readonly number[])[] = [
    all(0),
    all(lowest(width)),
    all(highest(width)),
    all(0).map((_, h) => (h % 2 === 0 ? lowest(width) : highest(width))),
    one(1, 0),
    one(lowest(width), channels - 1),
    all(0).map((_, h) => (h % 2 === 0 ? 1 : -1)),
    ...Array.from({ length: 12 }, (_, step) =>
      // From small words to words that fill the width.
      randomWords(random, channels, Math.max(2, Math.ceil(((step + 1) * width) / 12))),
    ),
  ];
  const results = vectors.map((x) => normalised(x, c, table, rounding));
  const outWidth = bitsFor(results.flat());
  const steps = vectors.map((x) => ({ in: toBeats(x, lanes), x: toBeats(x, lanes) }));
  const block = layerNormBlock({
    ...{ id: 'n', channels, lanes, inWidth: width, outWidth, epsilon: c.epsilon },
    ...{ indexWidth, frac, outFrac: c.outFrac, rounding, table },
    ...(c.port === undefined ? {} : { operands: { aBits: c.port, bBits: c.port } }),
  });
  const read = (cycles: readonly number[]) =>
    toBeats(vectors[0] ?? [], lanes).map((_, i) => (cycles.at(-1) ?? 0) + c.readAt + i);
  const { outputs, reads } = block.timing({ in: [3, 9] });
  expect(reads['x']?.pass).toEqual(read([3, 9]));
  expect(outputs['out']?.[0]).toBe(9 + c.outAt);
  return streamCorner({
    name: `${channels} on ${lanes}, ${width} bits, epsilon ${c.epsilon}, index ${indexWidth}, ${rounding}`,
    block,
    steps,
    createGolden:
      () =>
      ({ in: beats = [] }) => ({
        out: toBeats(normalised(beats.flat(), c, table, rounding).map(Number), lanes),
      }),
    side: bufferedVector('x', lanes, width, (index) => steps[index]?.x ?? [], read),
  });
}

const CASES: readonly Case[] = [
  {
    ...{ channels: 4, lanes: 1, width: 16, epsilon: 1n },
    ...{ indexWidth: 8, frac: 16, outFrac: 10, readAt: 12, outAt: 21 },
  },
  {
    ...{ channels: 6, lanes: 3, width: 8, epsilon: 37n },
    ...{ indexWidth: 10, frac: 16, outFrac: 16, readAt: 13, outAt: 23 },
  },
  {
    ...{ channels: 5, lanes: 5, width: 12, epsilon: 2n ** 45n + 12345n },
    ...{ indexWidth: 4, frac: 12, outFrac: 3, readAt: 18, outAt: 29 },
  },
  {
    ...{ channels: 1, lanes: 1, width: 6, epsilon: 9n },
    ...{ indexWidth: 3, frac: 8, outFrac: 2, readAt: 9, outAt: 17 },
  },
  {
    ...{ channels: 12, lanes: 2, width: 2, epsilon: 2n },
    ...{ indexWidth: 6, frac: 16, outFrac: 12, readAt: 10, outAt: 20 },
  },
  {
    ...{ channels: 10, lanes: 1, width: 24, epsilon: 182044n },
    ...{ indexWidth: 12, frac: 16, outFrac: 14, readAt: 16, outAt: 27 },
  },
  {
    ...{ channels: 32, lanes: 2, width: 16, epsilon: 13046n },
    ...{ indexWidth: 10, frac: 16, outFrac: 9, readAt: 14, outAt: 23 },
  },
  // Products of several DSPs.
  {
    ...{ channels: 32, lanes: 2, width: 16, epsilon: 13046n, port: 16 },
    ...{ indexWidth: 10, frac: 16, outFrac: 9, readAt: 16, outAt: 27 },
  },
  {
    ...{ channels: 8, lanes: 1, width: 24, epsilon: 5n, port: 18 },
    ...{ indexWidth: 8, frac: 16, outFrac: 12, readAt: 17, outAt: 28 },
  },
  {
    ...{ channels: 12, lanes: 2, width: 8, epsilon: 77n, port: 9 },
    ...{ indexWidth: 5, frac: 9, outFrac: 4, readAt: 12, outAt: 24 },
  },
];

export const layerNormCorners: readonly Corner[] = CASES.map((c, i) =>
  layerNormCorner(c, ROUNDINGS[i % ROUNDINGS.length] ?? 'half_even'),
);
