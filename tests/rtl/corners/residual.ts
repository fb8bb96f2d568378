import { expect } from 'vitest';
import { residualBlock } from '../../../src/hardware/blocks/residual.js';
import { bufferedVector } from '../buffered_vector.js';
import { toBeats, type Corner } from '../corner.js';
import { clipGolden, edgeWords, highest, lowest } from '../golden.js';
import { createRandom } from '../random.js';
import { streamCorner } from '../stream_corner.js';

interface Pair {
  readonly branch: number;
  readonly skip: number;
}

/** Ways to make each sum at an end of the result. */
const SPLITS = 3;

function residualCorner(
  channels: number,
  lanes: number,
  inWidth: number,
  skipWidth: number,
  outWidth: number,
): Corner {
  const random = createRandom(channels * 1000 + inWidth * 10 + outWidth);
  const max = highest(outWidth);
  const exact = (branch: number, skip: number) => BigInt(branch) + BigInt(skip);

  /** A random pair of words with that sum, if there is one. */
  const split = (sum: number): Pair[] => {
    const from = Math.max(lowest(inWidth), sum - highest(skipWidth));
    const to = Math.min(highest(inWidth), sum - lowest(skipWidth));
    if (from > to) return [];
    const branch = from + random(to - from + 1);
    return [{ branch, skip: sum - branch }];
  };
  const ends = [-2, -1, 0, 1, 2].flatMap((d) => [d - max, max + d]);
  const directed: readonly Pair[] = [
    ...edgeWords(inWidth).flatMap((branch) =>
      edgeWords(skipWidth).map((skip) => ({ branch, skip })),
    ),
    ...Array.from({ length: SPLITS }, () => ends.flatMap(split)).flat(),
  ];

  const toStep = (pairs: readonly Pair[]) => ({
    in: toBeats(
      pairs.map(({ branch }) => branch),
      lanes,
    ),
    skip: toBeats(
      pairs.map(({ skip }) => skip),
      lanes,
    ),
  });
  const calmMax = Math.min(max, highest(inWidth));
  const calmSteps = (count: number) =>
    Array.from({ length: count }, () =>
      toStep(
        Array.from({ length: channels }, () => split(random(2 * calmMax + 1) - calmMax)).flat(),
      ),
    );
  const edgeSteps = directed.map((_, step) =>
    toStep([...directed.slice(step), ...directed.slice(0, step)].slice(0, channels)),
  );
  // Without clipping until half of the gaps are past, and again from the reset on: the flag must
  // stay low, whatever is on the wires in the gaps. The edges, last, are played twice.
  const count = directed.length;
  const steps = [...calmSteps(3 * count), ...edgeSteps, ...calmSteps(count), ...edgeSteps];

  const block = residualBlock({ id: 'r', channels, lanes, inWidth, skipWidth, outWidth });
  expect(block.timing({ in: [3, 5, 9] }).reads).toEqual({ skip: { pass: [3, 5, 9], last: 9 } });
  return streamCorner({
    name: `${channels} on ${lanes}, ${inWidth}+${skipWidth} to ${outWidth} bits`,
    block,
    steps,
    flagDelay: 1,
    createGolden:
      () =>
      ({ in: branches = [], skip = [] }) => {
        const sums = branches.map((beat, b) =>
          beat.map((word, l) => exact(word, skip[b]?.[l] ?? 0)),
        );
        const out = sums.map((beat) => beat.map((sum) => Number(clipGolden(sum, outWidth))));
        const clipped = sums.map((beat, b) => beat.some((sum, l) => Number(sum) !== out[b]?.[l]));
        return { out, clipped };
      },
    side: bufferedVector('skip', lanes, skipWidth, (index) => steps[index]?.skip ?? []),
  });
}

/** channels, lanes, IN_W, SKIP_W, OUT_W */
const SIZES = [
  [2, 1, 1, 1, 2],
  [4, 2, 1, 8, 8],
  [3, 1, 8, 1, 6],
  [1, 1, 8, 8, 8],
  [5, 1, 2, 2, 2],
  [6, 3, 16, 16, 16],
  [3, 3, 24, 24, 24],
  [7, 7, 3, 10, 6],
  [12, 4, 12, 2, 12],
  // Three cases: only the sum of both lowest codes clips, no sum clips, nearly all sums clip.
  [1, 1, 8, 8, 9],
  [4, 2, 8, 6, 10],
  [2, 1, 24, 12, 2],
  // The result is wider than the sum.
  [5, 5, 4, 7, 24],
] as const;

export const residualCorners: readonly Corner[] = SIZES.map(
  ([channels, lanes, inWidth, skipWidth, outWidth]) =>
    residualCorner(channels, lanes, inWidth, skipWidth, outWidth),
);
