import { at } from '../../base/at.js';

/** Mean of some values and the sum of the squared distances of the values from it. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

export const NO_SPREAD: Spread = { count: 0, mean: 0, squares: 0 };

/**
 * Spread of every `step`-th value, from the value `from` on. Welford's update gives equal values a
 * spread of exactly 0, whatever their size.
 */
export function spreadOf(values: ArrayLike<number>, from = 0, step = 1): Spread {
  let [count, mean, squares] = [0, 0, 0];
  for (let i = from; i < values.length; i += step) {
    const value = at(values, i);
    const before = value - mean;
    mean += before / (count += 1);
    squares += before * (value - mean);
  }
  return { count, mean, squares };
}

/** Spread of the values of both (Chan, Golub and LeVeque). */
export function joinSpreads(a: Spread, b: Spread): Spread {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const between = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (between * b.count) / count,
    squares: a.squares + b.squares + (between * between * a.count * b.count) / count,
  };
}

/** Sum of the squared values. */
export function sumOfSquares({ count, mean, squares }: Spread): number {
  return squares + count * mean * mean;
}
