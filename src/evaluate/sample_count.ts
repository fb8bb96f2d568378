import type { Config } from '../config/schema.js';
import { Qs5Error } from '../errors.js';

/** Sequences of data without an end. */
const SYNTHETIC_SAMPLES = 100;

/**
 * How many test sequences to run: as many as asked for, else `standard` or all that there are.
 *
 * @param samples What was asked for.
 * @param available Test sequences that there are.
 * @throws E_DATASET when more are asked for than there are.
 */
export function sampleCount(
  samples: number | undefined,
  { data }: Pick<Config, 'data'>,
  available: number,
  standard = data.synthetic === undefined ? Infinity : SYNTHETIC_SAMPLES,
): number {
  if (samples === undefined) return Math.min(standard, available);
  if (samples <= available) return samples;
  throw new Qs5Error('E_DATASET', {
    subject: data.tensors?.test ?? data.idx?.test.images ?? 'synthetic data',
    message: `${samples} test sequences are wanted; there are ${available}.`,
    hint: `ask for up to ${available} samples, or give more test data.`,
  });
}
