import type { MemoryStyle } from '../../../src/hardware/blocks/block.js';
import { delayBlock } from '../../../src/hardware/blocks/delay.js';
import { toBeats, type Corner } from '../corner.js';
import { createRandom, randomWords } from '../random.js';
import { streamCorner } from '../stream_corner.js';

const STEPS = 12;

function delayCorner(
  elements: number,
  lanes: number,
  width: number,
  cycles: number,
  style: MemoryStyle = 'logic',
): Corner {
  const random = createRandom(elements * 100 + cycles);
  return streamCorner({
    name: `${elements} words of ${width} bits on ${lanes} lanes, ${cycles} cycles, ${style}`,
    block: delayBlock({ id: 'd', elements, lanes, width, cycles, place: () => style }),
    steps: Array.from({ length: STEPS }, () => ({
      in: toBeats(randomWords(random, elements, width), lanes),
    })),
    createGolden:
      () =>
      ({ in: beats = [] }) => ({ out: beats }),
  });
}

export const delayCorners: readonly Corner[] = [
  delayCorner(4, 1, 8, 1),
  delayCorner(3, 1, 2, 2),
  delayCorner(6, 3, 24, 7),
  delayCorner(1, 1, 5, 3),
  delayCorner(2, 1, 9, 7, 'block'),
  delayCorner(5, 1, 9, 8, 'block'),
  delayCorner(4, 2, 3, 13, 'distributed'),
  // In three slices of 36 bits.
  delayCorner(6, 3, 27, 11, 'block_36'),
];
