import { expect } from 'vitest';
import { gateBlock } from '../../../src/hardware/blocks/gate.js';
import { bufferedVector } from '../buffered_vector.js';
import { toBeats, type Corner } from '../corner.js';
import { edgeWords } from '../golden.js';
import { createRandom, randomWords } from '../random.js';
import { streamCorner } from '../stream_corner.js';

function gateCorner(channels: number, lanes: number, inWidth: number, aWidth: number): Corner {
  const random = createRandom(channels * 1000 + inWidth * 10 + aWidth);

  // Every pair of edge words on every channel, then random ones.
  const directed = edgeWords(inWidth).flatMap((b) => edgeWords(aWidth).map((a) => ({ a, b })));
  const steps = Array.from({ length: 2 * directed.length }, (_, step) => {
    const pick = (key: 'a' | 'b', width: number) =>
      randomWords(random, channels, width).map((word, h) =>
        step % 2 === 1 ? word : (directed[(step / 2 + h) % directed.length]?.[key] ?? word),
      );
    return { in: toBeats(pick('b', inWidth), lanes), a: toBeats(pick('a', aWidth), lanes) };
  });

  const block = gateBlock({
    ...{ id: 'g', channels, lanes, inWidth, aWidth },
    // Some are served by wider multipliers than they need.
    ...(channels % 2 === 0 ? { served: { aBits: aWidth + 3, bBits: inWidth + 1 } } : {}),
  });
  expect(block.timing({ in: [3, 5, 9] }).reads).toEqual({ a: { pass: [3, 5, 9], last: 9 } });
  return streamCorner({
    name: `${channels} on ${lanes}, ${inWidth}x${aWidth} bits`,
    block,
    steps,
    createGolden:
      () =>
      ({ in: bs = [], a: as = [] }) => ({
        out: bs.map((beat, i) =>
          beat.map((word, l) => Number(BigInt(word) * BigInt(as[i]?.[l] ?? 0))),
        ),
      }),
    side: bufferedVector('a', lanes, aWidth, (index) => steps[index]?.a ?? []),
  });
}

/** channels, lanes, IN_W, A_W */
const SIZES = [
  [2, 1, 1, 1],
  [4, 2, 1, 8],
  [3, 1, 8, 1],
  [1, 1, 8, 8],
  [5, 1, 2, 2],
  [6, 2, 16, 5],
  [3, 3, 24, 24],
  [7, 7, 3, 18],
  [12, 4, 2, 24],
  [1, 1, 24, 2],
] as const;

export const gateCorners: readonly Corner[] = SIZES.map(([channels, lanes, inWidth, aWidth]) =>
  gateCorner(channels, lanes, inWidth, aWidth),
);
