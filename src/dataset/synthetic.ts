import { draws, randomStream } from '../random.js';
import { checkIndex, type Dataset } from './dataset.js';

export interface SyntheticSpec {
  /** Any integer of 32 bits. */
  readonly seed: number;
  readonly count: number;
  readonly length: number;
  readonly inputs: number;
}

/**
 * Sequences of independent standard normal values, without labels, for models without data.
 * Sequence `i` depends on the seed, `i` and its size only, not on which were asked for before.
 */
export function syntheticDataset(spec: SyntheticSpec): Dataset {
  const { seed, count, length, inputs } = spec;
  return {
    count,
    length,
    inputs,
    sequence: (i) => {
      checkIndex(i, count);
      return draws(length * inputs, 1, randomStream(mixSeed(seed, i)).normal);
    },
    label: (i) => {
      checkIndex(i, count);
      return undefined;
    },
  };
}

/** Spreads seed and index over 32 bits, so that seed 1 sequence 1 is not seed 2 sequence 0. */
function mixSeed(seed: number, index: number): number {
  let h = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b) ^ Math.imul(index + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
