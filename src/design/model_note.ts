import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CHECKPOINT } from '../checkpoint/file_kind.js';
import { parseHeader } from '../checkpoint/safetensors_header.js';
import type { LoadedConfig } from '../config/load.js';
import { Qs5Error } from '../errors.js';
import { readArchitecture, type ReadArchitecture } from '../s5/metadata.js';

/** How the architecture of a checkpoint is understood. */
export interface ModelNote extends Pick<ReadArchitecture, 'facts' | 'ignored'> {
  /** The file as the config names it. */
  readonly checkpoint: string;
}

/**
 * What is taken of the checkpoint of a config, and from where. Undefined for an initialisation, and
 * for a file with a mistake: loading it says which.
 */
export async function readModelNote({ config, dir }: LoadedConfig): Promise<ModelNote | undefined> {
  const { model } = config;
  const { checkpoint } = model;
  if (checkpoint === undefined) return undefined;
  const bytes = await readFile(resolve(dir, checkpoint)).catch(() => undefined);
  if (bytes === undefined) return undefined;
  try {
    const { metadata } = parseHeader(bytes, checkpoint, CHECKPOINT);
    const { facts, ignored } = readArchitecture(metadata, checkpoint, model);
    return { checkpoint, facts, ignored };
  } catch (error) {
    if (error instanceof Qs5Error) return undefined;
    throw error;
  }
}
