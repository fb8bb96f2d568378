/** The folder of a training. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { Qs5Error } from '../../base/errors.js';
import type { LoadedConfig } from '../../config/load.js';
import { writeSafetensors } from '../../float/checkpoint/write_safetensors.js';
import type { S5Model } from '../../float/s5/model.js';
import { tensorsFromModel } from '../../float/s5/to_checkpoint.js';
import { encodeNetwork } from '../../network/file.js';
import type { IntegerNetwork } from '../../network/types.js';
import { removeLeftoversIn } from '../../tools/draft.js';
import { decodeState, encodeState, startState, type RunState } from '../../train/run/state.js';
import { writeWhole } from './output_file.js';
import { packageVersion } from './package_version.js';

const STATE = 'state.safetensors';
const LOG = 'log.jsonl';
const MODEL = 'model.safetensors';
const NETWORK = 'network.safetensors';
const DESIGN = 'design.yaml';

export interface RunFolder {
  /** The state that was saved last, or the start. */
  readonly state: RunState;
  /** Writes the model of the best epoch, its integers and a config for it. */
  readonly keep: (model: S5Model) => Promise<void>;
  /** Writes the log and the state, in this order: the state decides where the training goes on. */
  readonly save: (state: RunState) => Promise<void>;
  /** @throws E_TRAINING for another digest than that of the start, or none. */
  readonly checkInputs: (digest: string | undefined) => void;
  /** Files of the result, by name. */
  readonly files: readonly string[];
}

/**
 * @param inputs digest of all that decides the training.
 * @param model the model before training; it takes the parameters of the saved state.
 * @param integers the integers of a model, in a training through integers.
 * @throws E_TRAINING for the folder of another training. E_OUTPUT.
 */
export async function openRunFolder(
  output: string,
  loaded: LoadedConfig,
  inputs: string,
  model: S5Model,
  integers: ((model: S5Model) => IntegerNetwork) | undefined,
): Promise<RunFolder> {
  const path = (name: string) => join(output, name);
  const design = designText(loaded, output);
  const kept = [MODEL, DESIGN, ...(integers === undefined ? [] : [NETWORK])];
  const there = await namesIn(output);
  const state = there.has(STATE)
    ? decodeState(await readWhole(path(STATE)), path(STATE), inputs, model)
    : startState(model);
  if (!there.has(STATE) && there.size > 0) throw foreign(output);
  const lost = state.epochs.length === 0 ? undefined : kept.find((name) => !there.has(name));
  if (lost !== undefined) throw missing(path(lost));
  await mkdir(output, { recursive: true }).catch((error: unknown) => {
    throw new Qs5Error('E_OUTPUT', {
      subject: output,
      message: `The folder cannot be made: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'name a folder in a writable place.',
    });
  });
  await removeLeftoversIn(output);
  // The state comes first: files without one are not of a training.
  if (!there.has(STATE)) await writeWhole(path(STATE), encodeState(state, inputs));
  return {
    state,
    keep: async (best) => {
      const { tensors, metadata } = tensorsFromModel(best);
      const bytes = writeSafetensors(tensors.values(), metadata, 'F64');
      await writeWhole(path(MODEL), bytes);
      await writeWhole(path(DESIGN), design);
      if (integers === undefined) return;
      const checkpoint = createHash('sha256').update(bytes).digest('hex');
      const provenance = { qs5: packageVersion(), config: design, checkpoint };
      await writeWhole(path(NETWORK), encodeNetwork({ network: integers(best), provenance }));
    },
    save: async (current) => {
      await writeWhole(path(LOG), current.epochs.map((one) => `${JSON.stringify(one)}\n`).join(''));
      await writeWhole(path(STATE), encodeState(current, inputs));
    },
    checkInputs: (digest) => {
      if (digest === inputs) return;
      throw new Qs5Error('E_TRAINING', {
        path: ['data'],
        message: 'The data or the checkpoint changed, or are gone, during the training.',
        hint: 'bring the files back and run the same command: all finished epochs are saved.',
      });
    },
    files: [...kept, LOG].map(path),
  };
}

/** Names in a folder, drafts left out; none for a folder that is not there. */
async function namesIn(folder: string): Promise<ReadonlySet<string>> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new Qs5Error('E_OUTPUT', {
      subject: folder,
      message: `The folder cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'name a folder.',
    });
  });
  return new Set(names.filter((name) => !name.startsWith('.')));
}

async function readWhole(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error: unknown) => {
    throw new Qs5Error('E_TRAINING', {
      subject: file,
      message: `The state cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'name another folder.',
    });
  });
}

function foreign(folder: string): Qs5Error {
  return new Qs5Error('E_OUTPUT', {
    subject: folder,
    message: 'The folder holds files, but no state of a training.',
    hint: 'name a new or empty folder.',
  });
}

function missing(file: string): Qs5Error {
  return new Qs5Error('E_TRAINING', {
    subject: file,
    message: 'The file of the best epoch is missing; the state does not hold it.',
    hint: 'bring the file back, or name another folder to train again.',
  });
}

/** The config of the trained model: the same, with the model and the data as seen from the folder. */
function designText({ text, config, file }: LoadedConfig, output: string): string {
  const document = parseDocument(text);
  document.set('model', { checkpoint: MODEL });
  document.delete('training');
  const moved = (name: string) => relative(resolve(output), resolve(dirname(file), name));
  const { idx, tensors } = config.data;
  for (const part of ['calibration', 'test'] as const) {
    if (tensors !== undefined) document.setIn(['data', 'tensors', part], moved(tensors[part]));
    if (idx === undefined) continue;
    document.setIn(['data', 'idx', part, 'images'], moved(idx[part].images));
    const { labels } = idx[part];
    if (labels !== undefined) document.setIn(['data', 'idx', part, 'labels'], moved(labels));
  }
  return document.toString({ lineWidth: 0 });
}
