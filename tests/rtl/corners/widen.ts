import { widenBlock } from '../../../src/hardware/blocks/widen.js';
import { toBeats, type Corner } from '../corner.js';
import { createRandom, randomWords } from '../random.js';
import { streamCorner } from '../stream_corner.js';

const STEPS = 12;

function collectCorner(width: number, inLanes: number, outLanes: number, elements: number): Corner {
  const random = createRandom(elements * 100 + outLanes);
  return streamCorner({
    name: `${elements} words of ${width} bits, ${inLanes} to ${outLanes} lanes`,
    block: widenBlock({ id: 'c', width, inLanes, outLanes, elements }),
    steps: Array.from({ length: STEPS }, () => ({
      in: toBeats(randomWords(random, elements, width), inLanes),
    })),
    createGolden:
      () =>
      ({ in: beats = [] }) => ({ out: toBeats(beats.flat(), outLanes) }),
  });
}

export const widenCorners: readonly Corner[] = [
  collectCorner(8, 1, 2, 4),
  collectCorner(2, 1, 2, 2),
  collectCorner(5, 1, 3, 6),
  collectCorner(2, 2, 4, 8),
  collectCorner(24, 3, 12, 24),
  collectCorner(7, 2, 10, 20),
  collectCorner(8, 1, 8, 8),
];
