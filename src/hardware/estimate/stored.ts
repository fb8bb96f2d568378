import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { Qs5Error } from '../../base/errors.js';

export const CALIBRATION_FOLDER = new URL('../../../data/calibration/', import.meta.url);

/** A kind of stored text, with its name and writer for an error. */
export interface StoredKind<T> {
  readonly schema: z.ZodType<T>;
  /** `no calibration` */
  readonly otherwise: string;
  /** The command that writes one. */
  readonly writer: string;
}

/** @throws E_FILE for anything that is not of that kind */
export function parseStored<T>(kind: StoredKind<T>, text: string, file: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const result = kind.schema.safeParse(value);
  if (result.success) return result.data;
  throw new Qs5Error('E_FILE', {
    subject: file,
    message: `It is ${kind.otherwise}: ${z.prettifyError(result.error)}`,
    hint: `${kind.writer} writes one.`,
  });
}

/** Reads files of the calibration folder by name, each once; undefined for one that is not there. */
export function storedReader<T>(kind: StoredKind<T>): (name: string) => T | undefined {
  const read = new Map<string, T | undefined>();
  return (name) => {
    if (read.has(name)) return read.get(name);
    const url = new URL(name, CALIBRATION_FOLDER);
    const value = existsSync(url)
      ? parseStored(kind, readFileSync(url, 'utf8'), `data/calibration/${name}`)
      : undefined;
    read.set(name, value);
    return value;
  };
}
