import { recurrenceBlock } from '../../../src/hardware/blocks/recurrence.js';
import { recurrenceChainBlock } from '../../../src/hardware/blocks/recurrence_chain.js';
import { recurrenceSerialBlock } from '../../../src/hardware/blocks/recurrence_serial.js';
import { ROUNDINGS, type Rounding } from '../../../src/base/fixed/rounding.js';
import { toBeats, type Corner } from '../corner.js';
import { clipGolden, edgeWords, highest, lowest, roundGolden } from '../golden.js';
import { createRandom, randomWord, randomWords } from '../random.js';
import { streamCorner } from '../stream_corner.js';

interface Case {
  readonly states: number;
  readonly lanes: number;
  /** Multipliers outside, those of a chain, or one. */
  readonly multipliers: 3 | 4 | 'chain' | 'one';
  readonly delta: boolean;
  readonly stateWidth: number;
  readonly buWidth: number;
  readonly coefWidth: number;
  readonly frac: number;
  /** Largest exponent, with delta. */
  readonly maxShift?: number;
  /** False if states are proved to fit; true if absent. */
  readonly saturates?: boolean;
}

interface Complex {
  readonly re: bigint;
  readonly im: bigint;
}

const STEPS = 30;
const ZERO: Complex = { re: 0n, im: 0n };

function recurrenceCorner(c: Case, rounding: Rounding): Corner {
  const { states, lanes, multipliers, delta, stateWidth, buWidth, coefWidth, frac } = c;
  const random = createRandom(
    states * 1000 +
      stateWidth * 10 +
      (delta ? 5 : 0) +
      { chain: 7, one: 1, 3: 3, 4: 4 }[multipliers],
  );
  const { maxShift = 0, saturates = true } = c;
  const perBeat = multipliers === 'one' ? 1 : 2 * lanes;

  // The parts as quantised: full scale first, a half (every odd state is a tie), then any.
  const tie = Math.min(2 ** (frac - 1), highest(coefWidth));
  const directed = [lowest(coefWidth), highest(coefWidth), tie, -tie, 1, 0];
  const parts = (turn: number) =>
    Array.from({ length: states }, (_, p) =>
      p < 6 ? (directed[(p + turn) % 6] ?? 0) : randomWord(random, coefWidth),
    );
  const re = parts(0);
  const im = parts(states === 1 ? 1 : 3);
  const exponents = (turn: number) =>
    Array.from({ length: delta ? states : 0 }, (_, p) =>
      p === 0 ? turn * maxShift : random(maxShift + 1),
    );
  const reShift = exponents(1);
  const imShift = exponents(0);

  // lambda_bar at 2^-frac, per state.
  const lambda = re.map((_, p): Complex => {
    const c0 = BigInt(re[p] ?? 0) * 2n ** BigInt(reShift[p] ?? 0);
    const s0 = BigInt(im[p] ?? 0) * 2n ** BigInt(imShift[p] ?? 0);
    return delta ? { re: 2n ** BigInt(frac) - c0, im: -s0 } : { re: c0, im: s0 };
  });
  const abs = (v: bigint) => (v < 0n ? -v : v);
  const bound = lambda
    .map((l) => (abs(l.re) + abs(l.im)) * (2n ** BigInt(stateWidth - 1) - 1n))
    .reduce((a, b) => (b > a ? b : a));

  const next = (l: Complex, x: Complex, bu: Complex) => {
    const product = { re: l.re * x.re - l.im * x.im, im: l.im * x.re + l.re * x.im };
    const exact = {
      re: roundGolden(product.re, frac, rounding) + bu.re,
      im: roundGolden(product.im, frac, rounding) + bu.im,
    };
    const x1 = { re: clipGolden(exact.re, stateWidth), im: clipGolden(exact.im, stateWidth) };
    return { x: x1, clipped: [x1.re !== exact.re, x1.im !== exact.im] };
  };

  // Full scale drives the states to their limits. Small inputs let them ring. Zeros let them decay.
  const edges = edgeWords(buWidth);
  const steps = Array.from({ length: STEPS }, (_, step) => {
    const words =
      step < edges.length
        ? Array.from({ length: 2 * states }, (_w, i) => edges[(step + i) % edges.length] ?? 0)
        : step % 4 === 0
          ? new Array<number>(2 * states).fill(0)
          : step % 4 === 1
            ? randomWords(random, 2 * states, buWidth)
            : Array.from({ length: 2 * states }, () => random(5) - 2);
    const fit = words.map((w) => Math.max(lowest(buWidth), Math.min(highest(buWidth), w)));
    return { in: toBeats(fit, perBeat) };
  });

  const parameters = {
    ...{ id: 'r', states, lanes, stateWidth, buWidth, rounding, saturates },
    coefficients: {
      ...{ delta, frac },
      re: Int32Array.from(re),
      im: Int32Array.from(im),
      reShift: Int32Array.from(reShift),
      imShift: Int32Array.from(imShift),
    },
    accRange: { lo: -Number(bound), hi: Number(bound) },
  };
  return streamCorner({
    name: `${states} states on ${lanes}, ${delta ? 'delta' : 'direct'}, ${multipliers} products, x ${stateWidth}, bu ${buWidth}, lambda ${coefWidth}.${frac}, ${rounding}${saturates ? '' : ', never clipped'}`,
    block:
      multipliers === 'one'
        ? recurrenceSerialBlock(parameters)
        : multipliers === 'chain'
          ? recurrenceChainBlock(parameters)
          : recurrenceBlock({ ...parameters, multipliers }),
    steps,
    // One multiplier is through with a step before the next one's states can start.
    ...(multipliers === 'one' ? { schedule: { rest: 4 * states } } : {}),
    createGolden() {
      let x: Complex[] = [];
      return ({ in: beats = [] }, { first }) => {
        if (first) x = lambda.map(() => ZERO);
        const clips: boolean[] = [];
        const all = beats.flat();
        const states1 = lambda.map((l, p) => {
          const bu = all.slice(2 * p);
          const result = next(l, x[p] ?? ZERO, { re: BigInt(bu[0] ?? 0), im: BigInt(bu[1] ?? 0) });
          clips.push(...result.clipped);
          return result.x;
        });
        x = states1;
        return {
          out: toBeats(
            states1.flatMap((s) => [Number(s.re), Number(s.im)]),
            perBeat,
          ),
          clipped: toBeats(clips.map(Number), perBeat).map((parts) => parts.includes(1)),
        };
      };
    },
  });
}

/** states, lanes, X_W, BU_W, coefficient bits, FRAC, largest exponent with delta */
const SIZES = [
  [1, 1, 8, 8, 8, 7, 0],
  [3, 1, 16, 12, 8, 7, 2],
  [9, 1, 8, 10, 6, 5, 3],
  [7, 1, 12, 16, 10, 9, 1],
  [12, 2, 16, 16, 8, 8, 4],
  [6, 6, 10, 8, 12, 11, 1],
  [6, 3, 24, 24, 16, 15, 5],
  [8, 1, 2, 2, 2, 1, 1],
  [16, 2, 20, 5, 4, 12, 9],
  [2, 1, 9, 9, 8, 7, 0],
  [4, 1, 16, 16, 8, 7, 1],
] as const;

const KINDS = ['chain', 4, 3, 'one'] as const;

export const recurrenceCorners: readonly Corner[] = KINDS.flatMap((multipliers, k) => [
  ...SIZES.flatMap(([states, most, stateWidth, buWidth, coefWidth, frac, maxShift], i) =>
    [false, true].map((delta, j) => {
      const lanes = multipliers === 'one' ? 1 : most;
      return recurrenceCorner(
        { states, lanes, multipliers, delta, stateWidth, buWidth, coefWidth, frac, maxShift },
        ROUNDINGS[(i + j + k) % 3] ?? 'half_up',
      );
    }),
  ),
  // Poles so small that no state leaves its range, which is wider and narrower than the sum.
  ...[12, 24].flatMap((stateWidth, i) =>
    recurrenceCorner(
      {
        ...{ states: 5, lanes: 1, multipliers, delta: false, stateWidth },
        ...{ buWidth: 8, coefWidth: 6, frac: 7, saturates: false },
      },
      ROUNDINGS[(i + k) % 3] ?? 'half_up',
    ),
  ),
]);
