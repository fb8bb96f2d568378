import { draws, randomStream } from '../../base/random.js';
import { checkIndex, type Dataset } from './dataset.js';
import { oneHot } from './one_hot.js';

export interface SyntheticSpec {
  /** Any integer of 32 bits. */
  readonly seed: number;
  readonly count: number;
  readonly length: number;
  readonly inputs: number;
  /** Standard normal values, the default, or uniformly random indices as one-hot vectors. */
  readonly kind?: 'values' | 'one_hot';
}

/**
 * Sequences of independent random steps, without labels, for models without data. Sequence `i`
 * depends only on the seed, `i` and its size.
 */
export function syntheticDataset(spec: SyntheticSpec): Dataset {
  const { seed, count, length, inputs, kind = 'values' } = spec;
  return {
    count,
    length,
    inputs,
    sequence: (i) => {
      checkIndex(i, count);
      const { normal, uniform } = randomStream(mixSeed(seed, i));
      if (kind === 'values') return draws(length * inputs, 1, normal);
      return oneHot(draws(length, inputs, uniform).map(Math.floor), inputs);
    },
    label: (i) => {
      checkIndex(i, count);
      return undefined;
    },
  };
}

/**
 * Spreads seed and index over 32 bits, so that sequence 1 of seed 1 differs from sequence 0 of seed
 * 2.
 */
function mixSeed(seed: number, index: number): number {
  let h = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b) ^ Math.imul(index + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
