import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { draftOf, removeLeftoversIn } from '../../tools/draft.js';

/** Most bytes that all entries of a folder may take together. */
export const MOST_BYTES = 256 * 2 ** 20;

/** First line of an entry; the digest of the content is the second one. */
const MAGIC = 'qs5 cache entry';
const ENDING = '.qs5-cache';

/** An entry as it was found. */
export type Found =
  | { readonly kind: 'content'; readonly content: Uint8Array; readonly path: string }
  | { readonly kind: 'damaged'; readonly path: string }
  | { readonly kind: 'none' };

/** Entries by key in one folder. Several processes may use it at once. */
export interface Store {
  readonly read: (key: string) => Promise<Found>;
  /**
   * Writes an entry, and removes the entries that were used longest ago where the folder is full.
   * Does nothing where the folder cannot be written.
   */
  readonly write: (key: string, content: Uint8Array) => Promise<void>;
}

/** @param mostBytes limit on the sum of all entries, bytes */
export function openStore(folder: string, mostBytes = MOST_BYTES): Store {
  const pathOf = (key: string) => join(folder, `${key}${ENDING}`);
  return {
    async read(key) {
      const path = pathOf(key);
      const bytes = await readFile(path).catch(() => undefined);
      if (bytes === undefined) return { kind: 'none' };
      const content = unwrap(bytes);
      if (content === undefined) return { kind: 'damaged', path };
      const now = new Date();
      // The time of the last use decides what is removed; a folder of others keeps its times.
      await utimes(path, now, now).catch(() => undefined);
      return { kind: 'content', content, path };
    },
    async write(key, content) {
      const path = pathOf(key);
      const draft = draftOf(path);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(draft, wrap(content));
        await rename(draft, path);
        await removeOldest(folder, mostBytes);
      } catch {
        // Everything works without the cache.
        await rm(draft, { force: true }).catch(() => undefined);
      }
    },
  };
}

function headOf(content: Uint8Array): Buffer {
  const digest = createHash('sha256').update(content).digest('hex');
  return Buffer.from(`${MAGIC}\n${digest}\n`);
}

function wrap(content: Uint8Array): Buffer {
  return Buffer.concat([headOf(content), content]);
}

/** The content of an entry; undefined where it is not what was written. */
function unwrap(bytes: Buffer): Uint8Array | undefined {
  const { length } = headOf(new Uint8Array());
  const content = bytes.subarray(length);
  return headOf(content).equals(bytes.subarray(0, length)) ? content : undefined;
}

async function removeOldest(folder: string, mostBytes: number): Promise<void> {
  await removeLeftoversIn(folder);
  const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING));
  const entries = [];
  for (const name of names) {
    const path = join(folder, name);
    // Another process may have removed the entry.
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) entries.push({ path, size: found.size, used: found.mtimeMs });
  }
  entries.sort((a, b) => b.used - a.used);
  let sum = 0;
  for (const { path, size } of entries) {
    sum += size;
    if (sum > mostBytes) await rm(path, { force: true });
  }
}
