import type { Config } from '../../config/schema.js';
import { Qs5Error } from '../../base/errors.js';

/** Standard number of sequences for data without an end. */
const SYNTHETIC_SAMPLES = 100;

/**
 * Number of test sequences to run: `samples`, else `standard`, or all where there are fewer.
 *
 * @param samples The number from the user.
 * @param available The number of test sequences.
 * @throws E_DATASET when `samples` is more than `available`.
 */
export function sampleCount(
  samples: number | undefined,
  { data }: Pick<Config, 'data'>,
  available: number,
  standard = data.synthetic === undefined ? Infinity : SYNTHETIC_SAMPLES,
): number {
  if (samples === undefined) return Math.min(standard, available);
  if (samples <= available) return samples;
  const named = data.tensors?.test ?? data.idx?.test.images;
  const unnamed = data.mnist === undefined ? 'synthetic data' : 'MNIST';
  throw new Qs5Error('E_DATASET', {
    subject: named ?? unnamed,
    message: `${samples} test sequences are wanted; there are ${available}.`,
    hint: `use at most ${available} samples, or give more test data.`,
  });
}
