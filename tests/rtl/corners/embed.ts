import { expect } from 'vitest';
import { embedBlock } from '../../../src/hardware/blocks/embed.js';
import { toBeats, type Corner } from '../corner.js';
import { allWords, edgeWords } from '../golden.js';
import { createRandom, randomWords } from '../random.js';
import { streamCorner } from '../stream_corner.js';

const CALM = 36;

function embedCorner(
  rows: number,
  channels: number,
  lanes: number,
  indexWidth: number,
  width: number,
): Corner {
  const random = createRandom(rows * 1000 + channels * 10 + width);
  const beats = channels / lanes;
  const table = Array.from({ length: rows }, () => randomWords(random, channels, width));

  // Known rows first, so that the flag can be seen to stay low; then whatever the word can say.
  const calm = Array.from({ length: CALM }, (_, step) => (step < rows ? step : random(rows)));
  const wild = [
    ...edgeWords(indexWidth),
    ...[-1, rows - 1, rows, rows + 1].filter((v) => allWords(indexWidth).includes(v)),
    ...Array.from({ length: 8 }, () => random(2 ** indexWidth) - 2 ** (indexWidth - 1)),
  ];
  const indices = [...calm, ...wild, ...calm, ...wild];

  const block = embedBlock({
    ...{ id: 'e', rows, channels, lanes, indexWidth, width },
    table: Int32Array.from(table.flat()),
  });
  expect(block.timing({ in: [5] }).outputs).toEqual({
    out: Array.from({ length: beats }, (_, b) => 8 + b),
  });
  return streamCorner({
    name: `${rows} rows of ${channels} on ${lanes}, index of ${indexWidth} bits, ${width} bits`,
    block,
    steps: indices.map((index) => ({ in: [[index]] })),
    // The reset comes within a row, or else just after its index.
    schedule: { resetDelay: 1 + Math.floor(beats / 2) },
    createGolden:
      () =>
      ({ in: [[index = 0] = []] = [] }) => {
        const known = table[index];
        const out = toBeats(known ?? table[rows - 1] ?? [], lanes);
        return { out, clipped: out.map((_, b) => b === 0 && known === undefined) };
      },
  });
}

/** rows, channels, lanes, INDEX_W, W */
const SIZES = [
  [1, 1, 1, 2, 2],
  [5, 6, 2, 5, 8],
  [8, 4, 4, 4, 24],
  [10, 7, 1, 8, 5],
  [33, 12, 4, 7, 16],
  [3, 8, 1, 12, 9],
  [1, 2, 1, 2, 1],
  [20, 16, 1, 6, 16],
  // Every word that is not negative is a row.
  [16, 5, 5, 5, 8],
] as const;

export const embedCorners: readonly Corner[] = SIZES.map(
  ([rows, channels, lanes, indexWidth, width]) =>
    embedCorner(rows, channels, lanes, indexWidth, width),
);
