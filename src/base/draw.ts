import { divisors } from './divisors.js';
import type { RandomStream } from './random.js';

/** Random choices for random designs. */
export interface Draw {
  readonly pick: <T>(values: readonly T[]) => T;
  /** An integer, both ends included. */
  readonly between: (lo: number, hi: number) => number;
  readonly chance: (share: number) => boolean;
  /** A divisor of a number. */
  readonly divisor: (n: number) => number;
}

export function drawFrom(random: RandomStream): Draw {
  const pick = <T>(values: readonly T[]): T => {
    const value = values[Math.floor(random.uniform() * values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  };
  return {
    pick,
    between: (lo, hi) => lo + Math.floor(random.uniform() * (hi - lo + 1)),
    chance: (share) => random.uniform() < share,
    divisor: (n) => pick(divisors(n)),
  };
}

/** A seed for case number `index` of a seed. */
export function seedOf(seed: number, index: number): number {
  return (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) | 0;
}
