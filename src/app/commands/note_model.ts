import type { LoadedConfig } from '../../config/load.js';
import type { CheckpointFile } from '../../design/checkpoint_file.js';
import { readModelNote } from '../../design/model_note.js';
import { modelJson, modelText } from '../report/model.js';
import type { Io } from './io.js';

/**
 * Prints the assumed architecture of a checkpoint on stderr, once per checkpoint. With `--json` all
 * choices are a field of the document.
 */
export async function noteModel(
  io: Io,
  loaded: LoadedConfig,
  checkpoint?: CheckpointFile,
): Promise<void> {
  const note = await readModelNote(loaded, checkpoint);
  if (note === undefined) return;
  const key = JSON.stringify(note);
  if (io.models.has(key)) return;
  const text = modelText(note);
  io.models.set(key, { text, json: modelJson(note) });
  if (!io.json) io.stderr(text);
}
