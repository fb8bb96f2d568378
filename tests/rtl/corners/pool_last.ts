import { expect } from 'vitest';
import { poolLastBlock } from '../../../src/hardware/blocks/pool_last.js';
import { toBeats, type Corner } from '../corner.js';
import { createRandom, randomWords } from '../random.js';
import { streamCorner } from '../stream_corner.js';

const STEPS = 40;

function poolLastCorner(channels: number, lanes: number, width: number, onFirst: boolean): Corner {
  const random = createRandom(channels * 1000 + width);
  const block = poolLastBlock({ id: 'p', channels, lanes, width, onFirst });
  expect(block.timing({ in: [3, 5, 9] }).outputs).toEqual({ out: [4, 6, 10] });
  return streamCorner({
    name: `${channels} on ${lanes}, ${width} bits, the ${onFirst ? 'first' : 'last'}`,
    block,
    steps: Array.from({ length: STEPS }, () => ({
      in: toBeats(randomWords(random, channels, width), lanes),
    })),
    createGolden:
      () =>
      ({ in: beats = [] }, { first, last }) => ({ out: (onFirst ? first : last) ? beats : [] }),
  });
}

/** channels, lanes, W */
const SIZES = [
  [2, 1, 1],
  [1, 1, 2],
  [5, 1, 8],
  [6, 3, 24],
  [7, 7, 5],
] as const;

export const poolLastCorners: readonly Corner[] = SIZES.flatMap(([channels, lanes, width]) =>
  [false, true].map((onFirst) => poolLastCorner(channels, lanes, width, onFirst)),
);
