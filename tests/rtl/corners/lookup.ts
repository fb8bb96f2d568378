import { lookupBlock } from '../../../src/hardware/blocks/lookup.js';
import { toBeats, type Corner } from '../corner.js';
import { allWords, highest, lowest } from '../golden.js';
import { createRandom, randomWords } from '../random.js';
import { streamCorner } from '../stream_corner.js';

/** Least number of time steps. */
const STEPS = 12;

function lookupCorner(channels: number, lanes: number, inWidth: number, outWidth: number): Corner {
  const random = createRandom(channels * 1000 + inWidth * 10 + outWidth);
  const codes = allWords(inWidth);
  const results = randomWords(random, codes.length, outWidth);
  // Far ends on both sides of the places where the order of the codes breaks.
  const ends: readonly (readonly [code: number, result: number])[] = [
    [lowest(inWidth), highest(outWidth)],
    [highest(inWidth), lowest(outWidth)],
    [-1, lowest(outWidth)],
    [0, highest(outWidth)],
  ];
  const f = new Map([...codes.map((code, i) => [code, results[i] ?? 0] as const), ...ends]);
  const ordered = [...codes.filter((code) => code >= 0), ...codes.filter((code) => code < 0)];

  // Every code on every channel.
  const steps = Array.from({ length: Math.max(STEPS, codes.length) }, (_, step) => ({
    in: toBeats(
      Array.from({ length: channels }, (_, h) => codes[(step + 3 * h) % codes.length] ?? 0),
      lanes,
    ),
  }));
  return streamCorner({
    name: `${channels} on ${lanes}, ${inWidth} to ${outWidth} bits`,
    block: lookupBlock({
      ...{ id: 'f', channels, lanes, inWidth, outWidth },
      table: Int32Array.from(ordered, (code) => f.get(code) ?? 0),
    }),
    steps,
    createGolden:
      () =>
      ({ in: beats = [] }) => ({ out: beats.map((beat) => beat.map((word) => f.get(word) ?? 0)) }),
  });
}

/** channels, lanes, IN_W, OUT_W */
const SIZES = [
  [2, 1, 4, 1],
  [1, 1, 2, 2],
  [5, 1, 8, 8],
  [6, 3, 5, 24],
  [7, 7, 3, 16],
  [4, 2, 10, 9],
  [1, 1, 9, 2],
  [12, 4, 4, 3],
] as const;

export const lookupCorners: readonly Corner[] = SIZES.map(([channels, lanes, inWidth, outWidth]) =>
  lookupCorner(channels, lanes, inWidth, outWidth),
);
