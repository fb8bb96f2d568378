import { CHECKPOINT } from '../float/checkpoint/file_kind.js';
import { parseHeader } from '../float/checkpoint/safetensors_header.js';
import type { LoadedConfig } from '../config/load.js';
import { Qs5Error } from '../base/errors.js';
import { readArchitecture, type ReadArchitecture } from '../float/s5/metadata.js';
import { openCheckpoint, type CheckpointFile } from './checkpoint_file.js';

/** The architecture of a checkpoint, and the source of each fact. */
export interface ModelNote extends Pick<ReadArchitecture, 'facts' | 'ignored'> {
  /** The file as the config names it. */
  readonly checkpoint: string;
}

/**
 * The facts taken from the checkpoint of a config, with their sources. Undefined for an
 * initialisation, and for a file with a mistake, which loading the file reports.
 */
export async function readModelNote(
  loaded: LoadedConfig,
  file: CheckpointFile = openCheckpoint(loaded),
): Promise<ModelNote | undefined> {
  const { model } = loaded.config;
  const { checkpoint } = model;
  if (checkpoint === undefined) return undefined;
  const bytes = await file.bytes().catch(() => undefined);
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
