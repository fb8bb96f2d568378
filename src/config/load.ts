import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Qs5Error } from '../base/errors.js';
import type { ConfigPath, Location } from '../base/errors.js';
import { configJsonSchema } from './json_schema.js';
import { errorFromIssues } from './problems.js';
import { configSchema } from './schema.js';
import type { Config } from './schema.js';
import { parseYaml } from './yaml_document.js';

/** A checked config, and the places of its values in the file. */
export interface LoadedConfig {
  readonly config: Config;
  /** Name of the file, from the user. */
  readonly file: string;
  /** Absolute folder of the file; relative paths in the config start here. */
  readonly dir: string;
  readonly text: string;
  /** Place of the value at a path, or of the nearest parent that exists. */
  readonly locate: (path: ConfigPath) => Location;
  /** Files from outside that a command fetched for the data of the config, by name. */
  readonly fetched?: ReadonlyMap<string, Uint8Array>;
}

/**
 * Checks the text of a config file.
 *
 * Errors: E_CONFIG_SYNTAX, E_CONFIG_UNKNOWN_KEY, E_CONFIG_MISSING_KEY, E_CONFIG_VALUE and
 * E_CONFIG_COMBINATION, each with its place. Several problems are one error, in file order.
 */
export function parseConfig(text: string, file: string): LoadedConfig {
  const document = parseYaml(text, file);
  if (document.value === null || document.value === undefined) {
    throw new Qs5Error('E_CONFIG_VALUE', {
      message: 'The file is empty.',
      hint: 'start from one of the files in configs/.',
      location: { file, line: 1, column: 1 },
    });
  }
  const result = configSchema.safeParse(document.value);
  if (!result.success) {
    throw errorFromIssues(result.error.issues, document, configJsonSchema());
  }
  return {
    config: result.data,
    file,
    dir: dirname(resolve(file)),
    text,
    locate: document.locate,
  };
}

/** Reads and checks a config file. Errors: E_FILE, and those of `parseConfig`. */
export async function loadConfig(path: string): Promise<LoadedConfig> {
  return parseConfig(await readText(path), path);
}

/** Reads a text file. Errors: E_FILE with the reason. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = reasonOf(error);
    throw new Qs5Error('E_FILE', {
      message: `The file cannot be read: ${reason}.`,
      hint: 'check the name and the working folder.',
      subject: path,
    });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'no such file',
    EISDIR: 'it is a folder',
    EACCES: 'permission denied',
    ENOTDIR: 'part of its path is not a folder',
  };
  return words[code] ?? code;
}
