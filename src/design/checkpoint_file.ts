import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LoadedConfig } from '../config/load.js';

/** The checkpoint of a config, which is read once. */
export interface CheckpointFile {
  /** Rejects as `readFile`, also for a config without a checkpoint. */
  readonly bytes: () => Promise<Buffer>;
  /** SHA-256; empty for a config without a checkpoint, that of nothing for a missing file. */
  readonly digest: () => Promise<string>;
}

/** Reads nothing yet. */
export function openCheckpoint({ config, dir }: LoadedConfig): CheckpointFile {
  const { checkpoint } = config.model;
  let bytes: Promise<Buffer> | undefined;
  let digest: Promise<string> | undefined;
  const read = () => (bytes ??= readFile(resolve(dir, checkpoint ?? '')));
  const hash = async () => {
    if (checkpoint === undefined) return '';
    // A file that is missing has an error of its own where the model is loaded.
    const content = await read().catch(() => Buffer.alloc(0));
    return createHash('sha256').update(content).digest('hex');
  };
  return { bytes: read, digest: () => (digest ??= hash()) };
}
