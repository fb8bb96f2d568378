/**
 * The integers of earlier runs, so that commands on the same config calibrate once.
 *
 * The key of an entry covers all its inputs by content: the config without keys of the hardware,
 * the bytes of checkpoint and data, and the code of qs5. Names of files do not count.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { codeDigest } from '../jobs/cache/code_digest.js';
import type { Store } from '../jobs/cache/store.js';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { decodeNetwork, encodeNetwork } from '../network/file.js';
import type { IntegerNetwork } from '../network/types.js';
import type { CheckpointFile } from './checkpoint_file.js';

/** A new number makes every older entry unknown. */
const SCHEMA = 2;

export interface CacheOptions {
  readonly store: Store;
  /** Called with one line where integers come from the cache, and for a damaged entry. */
  readonly note: (text: string) => void;
  /** Digest of the code that quantises. */
  readonly code?: string;
}

/** The cache of one config. */
export interface QuantizedCache {
  /** The network that an earlier run kept; undefined where there is none. */
  readonly find: () => Promise<IntegerNetwork | undefined>;
  /** Keeps the network of this run, unless a file has changed since `find`. */
  readonly keep: (network: IntegerNetwork) => Promise<void>;
}

export function quantizedCache(
  loaded: LoadedConfig,
  checkpoint: CheckpointFile,
  { store, note, code = codeDigest() }: CacheOptions,
): QuantizedCache {
  let wanted: string | undefined;
  return {
    async find() {
      wanted = await keyOf(loaded, checkpoint, code);
      if (wanted === undefined) return undefined;
      const found = await store.read(wanted);
      if (found.kind === 'none') return undefined;
      const network = found.kind === 'content' ? decode(found.content, found.path) : undefined;
      note(
        network === undefined
          ? `note: the cache entry ${found.path} is damaged; it is written again`
          : `note: the quantised network comes from the cache, ${found.path}; --no-cache makes it again`,
      );
      return network;
    },
    async keep(network) {
      if (wanted === undefined) return;
      // The data may have been read after a change of their file.
      if ((await keyOf(loaded, checkpoint, code)) !== wanted) return;
      const provenance = { qs5: '', config: loaded.text, checkpoint: await checkpoint.digest() };
      await store.write(wanted, encodeNetwork({ network, provenance }));
    },
  };
}

/** Keys that only shape the hardware, and those whose files count by their bytes. */
const APART: ReadonlySet<keyof Config> = new Set([
  'folding',
  'target',
  'sharing',
  'device',
  'model',
  'data',
] as const);

/** Undefined where a file cannot be read: its error comes where it is loaded. */
async function keyOf(
  { config, dir }: LoadedConfig,
  checkpoint: CheckpointFile,
  code: string,
): Promise<string | undefined> {
  const { model, data } = config;
  const rest = Object.entries(config).filter(([key]) => !APART.has(key as keyof Config));
  const digest = async (file: string) => digestOf(resolve(dir, file));
  const ofImages = async ({ images, labels }: { images: string; labels?: string }) => ({
    images: await digest(images),
    ...(labels === undefined ? {} : { labels: await digest(labels) }),
  });
  const { idx, tensors, ...unnamed } = data;
  try {
    const parts = {
      schema: SCHEMA,
      code,
      rest,
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
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  } catch {
    return undefined;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Undefined for content that is not a network of this version. */
function decode(content: Uint8Array, path: string): IntegerNetwork | undefined {
  try {
    return decodeNetwork(content, path).network;
  } catch {
    return undefined;
  }
}
