import { expect } from 'vitest';
import { packBeat, put, toBeats, type Corner } from '../corner.js';
import { feedthroughBlock } from '../../../src/hardware/blocks/feedthrough.js';
import { feedthroughChainBlock } from '../../../src/hardware/blocks/feedthrough_chain.js';
import { bitsFor, edgeWords, highest, lowest } from '../golden.js';
import { createRandom, randomWords } from '../random.js';
import { streamCorner, type SideInput } from '../stream_corner.js';

interface Sizes {
  readonly channels: number;
  readonly lanes: number;
  readonly inWidth: number;
  readonly uWidth: number;
  readonly weightWidth: number;
  readonly sumShift: number;
  readonly productShift: number;
  /** Greatest weight, where it is less than the width allows. */
  readonly greatest?: number;
}

/** Fabric: multipliers that add, or the longest carry chain in LUTs, bits. */
type Form = 'chain' | number;

function feedthroughCorner(sizes: Sizes, form: Form): Corner {
  const { channels, lanes, inWidth, uWidth, weightWidth, sumShift, productShift } = sizes;
  const random = createRandom(channels * 1000 + inWidth * 10 + sumShift);
  const d = randomWords(random, channels, weightWidth).map((word, i) => {
    if (sizes.greatest !== undefined) return Math.abs(word) % (sizes.greatest + 1);
    return i === 0 ? lowest(weightWidth) : i === 1 ? highest(weightWidth) : word;
  });

  const y = (sum: number, h: number, u: number) =>
    BigInt(sum) * 2n ** BigInt(sumShift) +
    BigInt(d[h] ?? 0) * BigInt(u) * 2n ** BigInt(productShift);
  const ends = (width: number) => [lowest(width), highest(width)];
  const extremes = d.flatMap((_, h) =>
    ends(inWidth).flatMap((sum) => ends(uWidth).map((u) => y(sum, h, u))),
  );

  // Every pair of edge words on every channel, then random ones.
  const directed = edgeWords(inWidth).flatMap((sum) => edgeWords(uWidth).map((u) => ({ sum, u })));
  const steps = Array.from({ length: Math.max(directed.length, 12) }, (_, step) => {
    const pick = (key: 'sum' | 'u', width: number) =>
      randomWords(random, channels, width).map((word, h) =>
        step % 3 === 2 ? word : (directed[(step + h) % directed.length]?.[key] ?? word),
      );
    return {
      in: toBeats(pick('sum', inWidth), lanes),
      u: toBeats(pick('u', uWidth), lanes),
    };
  });

  // The words of u, in the cycles after the reads; those of its start are noise.
  const side: SideInput = {
    stimulus: [
      { name: 'u_start', width: 1, garbage: true },
      { name: 'u_tag', width: 2, garbage: true },
      { name: 'u_data', width: lanes * uWidth, garbage: true },
    ],
    expected: [
      { name: 'u_read', width: 1 },
      { name: 'u_release', width: 1 },
    ],
    play(stimulus, expected, { cycles, reset }, index) {
      cycles.forEach((cycle, b) => {
        if (cycle > reset) return;
        const last = b === cycles.length - 1;
        put(expected, cycle, { u_read: 1n, u_release: last ? 1n : 0n });
        put(stimulus, cycle + 1, { u_data: packBeat(steps[index]?.u[b] ?? [], uWidth) });
      });
    },
  };
  const parameters = {
    ...{ id: 'd', ...sizes, weights: Int32Array.from(d) },
    outWidth: bitsFor(extremes),
  };
  const block =
    form === 'chain'
      ? feedthroughChainBlock(parameters)
      : feedthroughBlock({
          ...{ ...parameters, carry: form },
          // Some are served by wider multipliers than they need.
          ...(channels % 2 === 0 ? { served: { aBits: uWidth + 2, bBits: weightWidth + 5 } } : {}),
        });
  expect(block.timing({ in: [3, 5, 9] }).reads).toEqual({ u: { pass: [3, 5, 9], last: 9 } });
  return streamCorner({
    name: `${channels} on ${lanes}, ${inWidth}<<${sumShift} + ${uWidth}x${weightWidth}<<${productShift}`,
    block,
    steps,
    createGolden:
      () =>
      ({ in: sums = [], u: us = [] }) => ({
        out: sums.map((beat, b) =>
          beat.map((sum, l) => Number(y(sum, b * lanes + l, us[b]?.[l] ?? 0))),
        ),
      }),
    side,
  });
}

/** channels, lanes, IN_W, U_W, D_W, SUM_SHIFT, PRODUCT_SHIFT, greatest weight */
const SIZES = [
  [1, 1, 8, 4, 4, 0, 0],
  [6, 2, 18, 8, 8, 0, 3],
  [5, 1, 12, 8, 6, 2, 0],
  [12, 4, 24, 12, 10, 1, 2],
  [3, 3, 2, 2, 2, 0, 0],
  [8, 8, 10, 8, 8, 0, 0],
  [7, 7, 3, 16, 16, 0, 1],
  // Sums of zeros, products of zeros, and both.
  [4, 2, 1, 8, 8, 0, 0],
  [3, 1, 8, 8, 8, 0, 0, 0],
  [2, 1, 1, 4, 4, 0, 0, 0],
  // The product's top bits are copies: OUT_W is less than the shifted product's width.
  [4, 2, 4, 8, 12, 1, 2, 3],
  [3, 1, 6, 5, 8, 0, 0, 1],
  [2, 2, 1, 5, 8, 0, 2, 0],
  [2, 1, 1, 5, 8, 3, 0, 0],
] as const;

export const feedthroughCorners: readonly Corner[] = SIZES.flatMap((size, i) => {
  const [channels, lanes, inWidth, uWidth, weightWidth, sumShift, productShift, greatest] = size;
  const sizes = {
    ...{ channels, lanes, inWidth, uWidth, weightWidth, sumShift, productShift },
    ...(greatest === undefined ? {} : { greatest }),
  };
  const plain = feedthroughCorner(sizes, i % 2 === 0 ? 9 : 40);
  // Some bit of the sum has to be of the product's weight.
  const meets = inWidth + sumShift > productShift;
  return meets ? [plain, feedthroughCorner(sizes, 'chain')] : [plain];
});
