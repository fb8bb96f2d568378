/** Model and data of a config by content: names of files do not count. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import type { CheckpointFile } from './checkpoint_file.js';

/**
 * Model and data of a config, with digests in place of file names.
 *
 * @throws as `readFile` for a file that cannot be read.
 */
export async function filesOf(
  { config, dir }: Pick<LoadedConfig, 'config' | 'dir'>,
  checkpoint: CheckpointFile,
): Promise<object> {
  const { model, data } = config;
  const digest = async (file: string) => digestOf(resolve(dir, file));
  const ofImages = async ({ images, labels }: { images: string; labels?: string }) => ({
    images: await digest(images),
    ...(labels === undefined ? {} : { labels: await digest(labels) }),
  });
  const { idx, tensors, ...unnamed } = data;
  return {
    model: { ...model, ...(model.checkpoint === undefined ? {} : { checkpoint: '' }) },
    checkpoint: await checkpoint.digest(),
    // Synthetic data, and MNIST, whose bytes the code of qs5 determines.
    unnamed,
    ...(idx === undefined
      ? {}
      : { idx: [await ofImages(idx.calibration), await ofImages(idx.test)] }),
    ...(tensors === undefined
      ? {}
      : { tensors: [await digest(tensors.calibration), await digest(tensors.test)] }),
  };
}

/** Keys that only shape the hardware. */
export const HARDWARE_KEYS = ['folding', 'target', 'sharing', 'device'] as const;

/** Keys that do not decide a training by their own value. */
const APART: ReadonlySet<string> = new Set<keyof Config>([...HARDWARE_KEYS, 'model', 'data']);

/** Digest of all that decides a training: the config without its hardware, checkpoint and data. */
export async function trainingDigest(
  loaded: LoadedConfig,
  checkpoint: CheckpointFile,
): Promise<string> {
  const rest = Object.entries(loaded.config).filter(([key]) => !APART.has(key));
  const parts = { rest, ...(await filesOf(loaded, checkpoint)) };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
