import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';
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
      return standardNormal(mixSeed(seed, i), length * inputs);
    },
    label: (i) => {
      checkIndex(i, count);
      return undefined;
    },
  };
}

/** `count` independent N(0, 1) values by Box and Muller, from a seed of 32 bits. */
function standardNormal(seed: number, count: number): Float64Array {
  const generator = mersenne(seed);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    // 1 - u lies in (0, 1], so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator)));
    const angle = 2 * Math.PI * uniformFloat64(generator);
    values[i] = radius * Math.cos(angle);
    // Beyond the end of an odd count, typed arrays ignore the write.
    values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** Spreads seed and index over 32 bits, so that seed 1 sequence 1 is not seed 2 sequence 0. */
function mixSeed(seed: number, index: number): number {
  let h = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b) ^ Math.imul(index + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
