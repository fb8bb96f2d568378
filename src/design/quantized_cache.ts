/**
 * The integers of earlier runs, so that commands on the same config calibrate once.
 *
 * The key of an entry covers all its inputs by content: the config without keys of the hardware,
 * the bytes of checkpoint and data, and the code of qs5. Names of files do not count.
 */
import { createHash } from 'node:crypto';
import { codeDigest } from '../jobs/cache/code_digest.js';
import type { Store } from '../jobs/cache/store.js';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { decodeNetwork, encodeNetwork } from '../network/file.js';
import type { IntegerNetwork } from '../network/types.js';
import type { CheckpointFile } from './checkpoint_file.js';
import { filesOf, HARDWARE_KEYS } from './content.js';

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
const APART: ReadonlySet<string> = new Set<keyof Config>([
  ...HARDWARE_KEYS,
  'model',
  'data',
  'training',
]);

/** Undefined where a file cannot be read: its error comes where it is loaded. */
async function keyOf(
  { config, dir }: LoadedConfig,
  checkpoint: CheckpointFile,
  code: string,
): Promise<string | undefined> {
  const rest = Object.entries(config).filter(([key]) => !APART.has(key));
  try {
    const parts = { schema: SCHEMA, code, rest, ...(await filesOf({ config, dir }, checkpoint)) };
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  } catch {
    return undefined;
  }
}

/** Undefined for content that is not a network of this version. */
function decode(content: Uint8Array, path: string): IntegerNetwork | undefined {
  try {
    return decodeNetwork(content, path).network;
  } catch {
    return undefined;
  }
}
