import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRangeFinder, type RangeMethod } from '../../src/network/quantize/ranges.js';
import {
  leastSquaresLimit,
  quantizeValue,
  weightScale,
} from '../../src/network/quantize/scales.js';
import { draws, randomStream } from '../../src/base/random.js';

const normal = (seed: number, count: number, deviation = 1) =>
  draws(count, deviation, randomStream(seed).normal);

/** Mean squared error of words whose largest covers `limit`. */
function noise(values: Float64Array, limit: number, width: number): number {
  const scale = limit / (2 ** (width - 1) - 1);
  const errors = values.map((v) => (quantizeValue(v, scale, width) * scale - v) ** 2);
  return errors.reduce((sum, e) => sum + e, 0) / values.length;
}

function limitOf(method: RangeMethod, parts: readonly Float64Array[], width: number): number {
  const finder = createRangeFinder(method, 1);
  for (const part of parts) finder.see('x', part);
  return finder.limit('x')(width);
}

describe('the range of an activation', () => {
  it('is the largest magnitude with abs_max, whatever the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }),
        (v) => {
          const found = limitOf({ kind: 'abs_max' }, [Float64Array.from(v)], 8);
          expect(found).toBe(Math.max(...v.map(Math.abs)));
        },
      ),
    );
  });

  it('leaves the asked part of the values unclipped with percentile, to a bin', () => {
    const parts = [1, 2, 3].map((seed) => normal(seed, 20_000, 10 ** (seed - 2)));
    const all = parts.flatMap((part) => [...part].map(Math.abs)).sort((a, b) => a - b);
    for (const percentile of [60, 90, 99, 99.9]) {
      const limit = limitOf({ kind: 'percentile', percentile }, parts, 8);
      const exact = all[Math.ceil((percentile / 100) * all.length) - 1] ?? NaN;
      expect(limit).toBeGreaterThanOrEqual(exact);
      expect(limit).toBeLessThan(exact + ((all.at(-1) ?? NaN) * 4) / 2048);
    }
    const whole = limitOf({ kind: 'percentile', percentile: 100 }, parts, 8);
    expect(whole).toBe(all.at(-1));
  });

  it('has less error with mse than with abs_max, and the less the fewer the bits', () => {
    const values = normal(7, 50_000);
    const max = limitOf({ kind: 'abs_max' }, [values], 8);
    const limits = [3, 4, 6, 8].map((width) => {
      const limit = limitOf({ kind: 'mse' }, [values], width);
      expect(noise(values, limit, width)).toBeLessThan(noise(values, max, width));
      return limit;
    });
    expect(limits).toEqual([...limits].sort((a, b) => a - b));
  });

  it('takes the margin as a factor, and is 0 for zeros and for what never came', () => {
    for (const kind of ['abs_max', 'mse'] as const) {
      const finder = createRangeFinder({ kind }, 2);
      finder.see('zeros', new Float64Array(4));
      finder.see('one', Float64Array.of(0, -1, 0.5));
      expect(finder.limit('zeros')(8)).toBe(0);
      expect(finder.limit('never')(8)).toBe(0);
      expect(finder.absMax('one')).toBe(2);
    }
  });
});

it('the least squares limit of a row of weights is no worse than its largest weight', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 8 }), (seed, width) => {
      const row = normal(seed, 40);
      const error = (limit: number) => {
        const scale = weightScale(limit, width, 'real');
        return row.reduce((sum, v) => sum + (quantizeValue(v, scale, width) * scale - v) ** 2, 0);
      };
      const max = row.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
      expect(error(leastSquaresLimit(row, width))).toBeLessThanOrEqual(error(max));
    }),
  );
});
