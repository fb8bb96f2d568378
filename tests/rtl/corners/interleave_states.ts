import { expect } from 'vitest';
import { interleaveStatesBlock } from '../../../src/hardware/blocks/interleave_states.js';
import { bufferedVector } from '../buffered_vector.js';
import { toBeats, type Corner } from '../corner.js';
import { createRandom, randomWords } from '../random.js';
import { streamCorner } from '../stream_corner.js';

const STEPS = 24;

function joinCorner(elements: number, lanes: number, width: number): Corner {
  const random = createRandom(elements * 1000 + width);
  const vector = () => toBeats(randomWords(random, elements, width), lanes);
  const steps = Array.from({ length: STEPS }, () => ({ in: vector(), a: vector() }));
  const block = interleaveStatesBlock({ id: 'j', elements, lanes, width });
  expect(block.timing({ in: [3, 5, 9] })).toEqual({
    outputs: { out: [4, 6, 10] },
    reads: { a: { pass: [3, 5, 9], last: 9 } },
  });
  const states = (words: readonly number[]) => toBeats(words, 2);
  return streamCorner({
    name: `${elements} words on ${lanes}, ${width} bits`,
    block,
    steps,
    // State by state over the whole vector: first that of a, then that of b.
    createGolden:
      () =>
      ({ in: bs = [], a: as = [] }) => {
        const b = states(bs.flat());
        const joined = states(as.flat()).flatMap((state, p) => [...state, ...(b[p] ?? [])]);
        return { out: toBeats(joined, 2 * lanes) };
      },
    side: bufferedVector('a', lanes, width, (index) => steps[index]?.a ?? []),
  });
}

/** words per vector, lanes, W */
const SIZES = [
  [2, 2, 1],
  [2, 2, 8],
  [10, 2, 2],
  [12, 4, 16],
  [6, 6, 24],
  [18, 6, 5],
] as const;

export const interleaveStatesCorners: readonly Corner[] = SIZES.map(([elements, lanes, width]) =>
  joinCorner(elements, lanes, width),
);
