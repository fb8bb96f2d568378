import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullRange, type Range } from '../../src/base/fixed/range.js';
import {
  dotRange,
  feedthroughRange,
  isExact,
  lambdaProductRange,
  matvecRange,
  rescaleWidth,
} from '../../src/network/bounds.js';
import { lambdaAsIntegers, type LambdaBar } from '../../src/network/types.js';

/** A bound is right when it is what brute force finds: never exceeded, and attained. */
const values = ({ lo, hi }: Range) => Array.from({ length: hi - lo + 1 }, (_, i) => lo + i);

const extremes = (found: readonly number[]): Range => ({
  lo: Math.min(...found) + 0,
  hi: Math.max(...found) + 0,
});

/** All sums w . x over all x in the range, word by word. */
function dotProducts(weights: readonly number[], x: Range): number[] {
  return weights.reduce<number[]>(
    (sums, w) => [...new Set(sums.flatMap((sum) => values(x).map((v) => sum + w * v)))],
    [0],
  );
}

const around0 = fc
  .tuple(fc.integer({ min: -6, max: 0 }), fc.integer({ min: 0, max: 6 }))
  .map(([lo, hi]) => ({ lo, hi }));
const anyRange = fc
  .tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: 0, max: 6 }))
  .map(([lo, span]) => ({ lo, hi: lo + span }));
const weight = fc.integer({ min: -7, max: 7 });

describe('dotRange', () => {
  it('is what all vectors of 3-bit words reach, for all triples of 3-bit weights', () => {
    const x = fullRange(3);
    const weights = values(x);
    for (const a of weights) {
      for (const b of weights) {
        for (const c of weights) {
          expect(dotRange([a, b, c], x)).toEqual(extremes(dotProducts([a, b, c], x)));
        }
      }
    }
  });

  it('bounds every partial sum too: without 0 in x, the sums of any subset', () => {
    fc.assert(
      fc.property(fc.array(weight, { maxLength: 4 }), anyRange, (weights, x) => {
        const subsets = weights.reduce<number[][]>(
          (all, w) => all.flatMap((subset) => [subset, [...subset, w]]),
          [[]],
        );
        const sums = subsets.flatMap((subset) => dotProducts(subset, x));
        expect(dotRange(weights, x)).toEqual(extremes(sums));
      }),
    );
  });
});

describe('matvecRange', () => {
  it('is the worst row', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }).chain((cols) =>
          fc.record({
            cols: fc.constant(cols),
            rows: fc.array(fc.array(weight, { minLength: cols, maxLength: cols }), {
              minLength: 1,
              maxLength: 4,
            }),
          }),
        ),
        around0,
        ({ cols, rows }, x) => {
          const all = rows.flatMap((row) => dotProducts(row, x));
          expect(matvecRange(Int32Array.from(rows.flat()), cols, x)).toEqual(extremes(all));
        },
      ),
    );
  });
});

describe('rescaleWidth', () => {
  /** By trying words until one holds the value. */
  const bitsOf = (value: bigint): number => {
    let bits = 1;
    while (BigInt.asIntN(bits, value) !== value) bits += 1;
    return bits;
  };

  it('is the widest word over all accumulators of 4 bits and small factors', () => {
    const accs = values(fullRange(4));
    for (let m = -4; m <= 4; m++) {
      for (let b = -20; b <= 20; b++) {
        const widest = Math.max(...accs.map((acc) => bitsOf(BigInt(acc * m + b))));
        expect(rescaleWidth(fullRange(4), [m], [b])).toBe(widest);
      }
    }
  });

  it('is exact beyond 2^53, per channel, where either list may be a single value', () => {
    const acc = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
    const factor = fc.integer({ min: -(2 ** 23), max: 2 ** 23 });
    const offset = fc.maxSafeInteger();
    fc.assert(
      fc.property(
        fc.tuple(acc, acc),
        fc.array(fc.tuple(factor, offset), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        ([a, b], channels, oneFactor, oneOffset) => {
          const range = { lo: Math.min(a, b), hi: Math.max(a, b) };
          const m = channels.map(([f]) => f).slice(0, oneFactor ? 1 : undefined);
          const o = channels.map(([, f]) => f).slice(0, oneOffset ? 1 : undefined);
          const count = Math.max(m.length, o.length);
          const ends = Array.from({ length: count }, (_, h) =>
            [range.lo, range.hi].map(
              (v) => BigInt(v) * BigInt(m[h] ?? m[0] ?? 0) + BigInt(o[h] ?? o[0] ?? 0),
            ),
          ).flat();
          expect(rescaleWidth(range, m, o)).toBe(Math.max(...ends.map(bitsOf)));
        },
      ),
    );
  });
});

describe('lambdaProductRange', () => {
  const part = fc.integer({ min: -3, max: 3 });
  const direct = fc
    .array(fc.tuple(part, part), { minLength: 1, maxLength: 3 })
    .map((poles): LambdaBar => ({
      form: 'direct',
      width: 3,
      frac: 2,
      re: Int32Array.from(poles, ([re]) => re),
      im: Int32Array.from(poles, ([, im]) => im),
    }));
  const shift = fc.integer({ min: 0, max: 2 });
  const delta = fc
    .array(fc.tuple(part, part, shift, shift), { minLength: 1, maxLength: 3 })
    .map((poles): LambdaBar => ({
      form: 'delta',
      width: 3,
      frac: 4,
      re: Int32Array.from(poles, ([re]) => re),
      im: Int32Array.from(poles, ([, im]) => im),
      reShift: Int32Array.from(poles, ([, , re]) => re),
      imShift: Int32Array.from(poles, ([, , , im]) => im),
    }));

  it('is what all states reach, in both forms', () => {
    fc.assert(
      fc.property(fc.oneof(direct, delta), around0, (lambda, x) => {
        const { re, im } = lambdaAsIntegers(lambda);
        const reached = re.flatMap((c, p) => {
          const s = im[p] ?? 0;
          return values(x).flatMap((a) => values(x).flatMap((b) => [c * a - s * b, s * a + c * b]));
        });
        expect(lambdaProductRange(lambda, x)).toEqual(extremes(reached));
      }),
    );
  });

  it('reads delta as 1 - lambda_bar', () => {
    // 1 - (3 * 2 + j 1 * 4) / 16 = (10 - 4j) / 16
    const lambda: LambdaBar = {
      ...{ form: 'delta', width: 3, frac: 4 },
      ...{ re: Int32Array.of(3), im: Int32Array.of(1) },
      ...{ reShift: Int32Array.of(1), imShift: Int32Array.of(2) },
    };
    expect(lambdaAsIntegers(lambda)).toEqual({ re: [10], im: [-4] });
    expect(lambdaProductRange(lambda, { lo: -1, hi: 1 })).toEqual({ lo: -14, hi: 14 });
  });
});

describe('feedthroughRange', () => {
  it('is what all sums and inputs reach', () => {
    const weights = fc.array(weight, { minLength: 1, maxLength: 3 });
    const shift = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(around0, shift, weights, around0, shift, (sum, sumShift, d, u, productShift) => {
        const reached = d.flatMap((w) =>
          [sum.lo, sum.hi].flatMap((s) =>
            values(u).map((v) => s * 2 ** sumShift + w * v * 2 ** productShift),
          ),
        );
        const range = feedthroughRange(sum, sumShift, Int32Array.from(d), u, productShift);
        expect(range).toEqual(extremes(reached));
      }),
    );
  });
});

describe('isExact', () => {
  it('ends below 2^53', () => {
    expect(isExact({ lo: -(2 ** 53) + 1, hi: 2 ** 53 - 2 })).toBe(true);
    expect(isExact({ lo: 0, hi: 2 ** 53 })).toBe(false);
    expect(isExact({ lo: -(2 ** 53), hi: 0 })).toBe(false);
  });
});
