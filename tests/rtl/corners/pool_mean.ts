import { expect } from 'vitest';
import { poolMeanBlock } from '../../../src/hardware/blocks/pool_mean.js';
import { ROUNDINGS, type Rounding } from '../../../src/base/fixed/rounding.js';
import { toBeats, type Corner } from '../corner.js';
import { floorDiv, highest, lowest } from '../golden.js';
import { createRandom, randomWords } from '../random.js';
import { streamCorner } from '../stream_corner.js';

/** Time steps of a bench, besides three sequences of full length. */
const STEPS = 45;

/** round(sum / count) */
function meanGolden(sum: bigint, count: bigint, rounding: Rounding): bigint {
  switch (rounding) {
    case 'half_up':
      return floorDiv(2n * sum + count, 2n * count);
    case 'half_even': {
      const up = floorDiv(2n * sum + count, 2n * count);
      const tie = 2n * sum + count === 2n * count * up;
      return tie && up % 2n !== 0n ? up - 1n : up;
    }
    case 'toward_zero':
      return sum / count;
  }
}

function poolMeanCorner(
  channels: number,
  lanes: number,
  width: number,
  maxSteps: number,
  rounding: Rounding,
  serial: boolean,
): Corner {
  const random = createRandom(channels * 1000 + width * 10 + maxSteps);
  // One step alone, the longest, short ones that give ties; full length again near the end.
  const lengths = [1, maxSteps, 2, 1, 1, 4, 3, 2];
  const count = STEPS + 3 * maxSteps;
  let total = 0;
  const ends: number[] = [];
  const sequenceOf: number[] = [];
  while (total < count) {
    const drawn = ends.length % 11 === 8 ? maxSteps : 1 + random(Math.min(6, maxSteps));
    const length = Math.min(lengths[ends.length] ?? drawn, maxSteps);
    sequenceOf.push(...new Array<number>(length).fill(ends.length));
    total += length;
    ends.push(total - 1);
  }

  // Per sequence: the least words, the greatest, any, or a few around zero, which give ties.
  const wordsOf = (sequence: number): number[] => {
    switch (sequence % 5) {
      case 1:
        return new Array<number>(channels).fill(lowest(width));
      case 3:
        return new Array<number>(channels).fill(highest(width));
      case 0:
        return randomWords(random, channels, width);
      default:
        return Array.from({ length: channels }, () =>
          Math.max(lowest(width), Math.min(highest(width), random(7) - 3)),
        );
    }
  };
  // The longest come once of each kind.
  const steps = sequenceOf.map((sequence) => ({
    in: toBeats(wordsOf(sequence % 11 === 8 ? sequence + (sequence % 2) : sequence), lanes),
  }));

  const block = poolMeanBlock({ id: 'p', channels, lanes, width, maxSteps, rounding, serial });
  const beats = channels / lanes;
  const cycles = Array.from({ length: beats }, (_, b) => 3 + 2 * b);
  expect(block.timing({ in: cycles }).outputs).toEqual({
    out: cycles.map((cycle, b) =>
      serial ? 1 + 2 * beats + width + 11 + b * (width + 4) : cycle + width + 8,
    ),
  });
  expect(block.minInterval).toBe(serial ? beats * (width + 4) + 3 : Math.max(beats, 5));
  return streamCorner({
    name: `${channels} on ${lanes}, ${width} bits, up to ${maxSteps} steps, ${rounding}${serial ? ', serial' : ''}`,
    block,
    steps,
    schedule: { isLast: (step) => ends.includes(step) },
    createGolden() {
      let sums: bigint[] = [];
      let seen = 0n;
      return ({ in: beats = [] }, { first, last }) => {
        const words = beats.flat().map(BigInt);
        sums = words.map((word, h) => word + (first ? 0n : (sums[h] ?? 0n)));
        seen = first ? 1n : seen + 1n;
        const means = sums.map((sum) => Number(meanGolden(sum, seen, rounding)));
        return { out: last ? toBeats(means, lanes) : [] };
      };
    },
  });
}

/** CHANNELS, LANES, W, MAX_STEPS */
const SIZES = [
  [1, 1, 8, 1],
  [5, 1, 8, 7],
  [6, 3, 2, 16],
  [4, 4, 16, 5],
  [4, 2, 24, 33],
  [7, 1, 5, 64],
] as const;

export const poolMeanCorners: readonly Corner[] = [false, true].flatMap((serial) =>
  SIZES.flatMap(([channels, lanes, width, maxSteps]) =>
    ROUNDINGS.map((rounding) => poolMeanCorner(channels, lanes, width, maxSteps, rounding, serial)),
  ),
);
