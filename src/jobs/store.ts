import { mkdir, open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Qs5Error } from '../base/errors.js';

/** Results by key, in a file that only grows by whole lines. */
export interface Store {
  get(key: string): unknown;
  /** Returns after the result is on the disk. */
  add(key: string, result: unknown): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens or creates a file of results, one JSON object per line. A half-written line of a killed run
 * is removed, so its result is computed again.
 *
 * @throws E_OUTPUT if the file cannot be opened, or is not a file of results.
 */
export async function openStore(file: string): Promise<Store> {
  const results = new Map<string, unknown>();
  let handle: FileHandle;
  try {
    const bytes = await readFile(file).catch((error: unknown) => {
      if (isMissing(error)) return Buffer.alloc(0);
      throw error;
    });
    const end = bytes.lastIndexOf('\n') + 1;
    const lines = bytes.subarray(0, end).toString().split('\n').slice(0, -1);
    lines.forEach((line, i) => {
      const { key, result } = parseLine(line, file, i + 1);
      results.set(key, result);
    });
    if (end < bytes.length) {
      if (lines.length === 0 && !bytes.toString().startsWith('{"key":')) {
        throw notResults(file, 1);
      }
      await truncate(file, end);
    }
    await mkdir(dirname(file), { recursive: true });
    handle = await open(file, 'a');
  } catch (error) {
    if (error instanceof Qs5Error) throw error;
    throw new Qs5Error('E_OUTPUT', {
      subject: file,
      message: `The file cannot be opened: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'check that its folder is writable.',
    });
  }
  return {
    get: (key) => results.get(key),
    async add(key, result) {
      try {
        await handle.appendFile(`${JSON.stringify({ key, result })}\n`);
        await handle.datasync();
      } catch (error) {
        throw new Qs5Error('E_OUTPUT', {
          subject: file,
          message: `A result cannot be added: ${error instanceof Error ? error.message : String(error)}.`,
          hint: 'free some disk space and run the command again: it resumes here.',
        });
      }
      results.set(key, result);
    },
    close: async () => handle.close(),
  };
}

/** Opens a file of results, calls `use`, and closes it. Throws like `openStore`. */
export async function withStore<T>(file: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(file);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function parseLine(line: string, file: string, number: number): { key: string; result: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && 'key' in value && 'result' in value) {
      return { key: String(value.key), result: value.result };
    }
  } catch {
    // Reported below.
  }
  throw notResults(file, number);
}

function notResults(file: string, line: number): Qs5Error {
  return new Qs5Error('E_OUTPUT', {
    subject: `${file}:${line}`,
    message: 'The line is not a result of a sweep.',
    hint: 'name another file; qs5 only extends its own files.',
  });
}
