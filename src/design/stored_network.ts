import { readFile } from 'node:fs/promises';
import { parseConfig, type LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import type { Dataset } from '../float/dataset/dataset.js';
import { Qs5Error } from '../base/errors.js';
import { decodeNetwork, type NetworkFile, type Provenance } from '../network/file.js';
import type { CheckpointFile } from './checkpoint_file.js';

/** Keys of a config that decide the integers; folding, target and device do not. */
const DECIDING = [
  'name',
  'scope',
  'input',
  'max_length',
  'functions',
  'calibration',
  'precision',
  'lambda_form',
  'poles',
  'rounding',
  'scales',
  'layers',
] as const satisfies readonly (keyof Config)[];

/**
 * Reads a file that `qs5 quantize` wrote.
 *
 * @throws E_FILE, E_NETWORK
 */
export async function loadNetworkFile(path: string): Promise<NetworkFile> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new Qs5Error('E_FILE', {
      subject: path,
      message: `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'check the name and the folder you are in.',
    });
  });
  return decodeNetwork(bytes, path);
}

/** Where the integers of a config come from. */
export async function provenanceOf(
  { text }: Pick<LoadedConfig, 'text'>,
  checkpoint: CheckpointFile,
  version: string,
): Promise<Provenance> {
  return { qs5: version, config: text, checkpoint: await checkpoint.digest() };
}

const REDO = 'quantise again with qs5 quantize, or take the config that the file was made from.';

/**
 * Checks that a config and a stored network belong together: every key that decides the integers is
 * the same.
 *
 * @throws E_NETWORK at the key that differs.
 */
export async function checkStored(
  loaded: LoadedConfig,
  checkpoint: CheckpointFile,
  stored: NetworkFile,
): Promise<void> {
  checkStoredConfig(loaded, stored);
  if ((await checkpoint.digest()) !== stored.provenance.checkpoint) throw otherModel();
}

/**
 * The same, where the checkpoint of the config may be out of reach.
 *
 * @throws E_NETWORK at the key that differs.
 */
export function checkStoredConfig(loaded: LoadedConfig, { provenance }: NetworkFile): void {
  const then = configThen(provenance, REDO);
  for (const key of DECIDING) {
    const [was, is] = [then[key], loaded.config[key]].map((value) => JSON.stringify(value));
    if (was === is) continue;
    throw new Qs5Error('E_NETWORK', {
      path: [key],
      message: `The file of the network was made with ${key}: ${was ?? 'nothing'}; here it is ${is ?? 'nothing'}.`,
      hint: REDO,
    });
  }
  // The checkpoint is known by its content, not by its name.
  const described = ({ model }: Config) =>
    JSON.stringify({ ...model, ...(model.checkpoint === undefined ? {} : { checkpoint: '' }) });
  if (described(then) !== described(loaded.config)) throw otherModel();
}

function otherModel(): Qs5Error {
  return new Qs5Error('E_NETWORK', {
    path: ['model'],
    message: 'The file of the network was made from another model.',
    hint: REDO,
  });
}

/** @throws E_NETWORK for test sequences longer than the network takes. */
export function checkLength(stored: NetworkFile | undefined, test: Dataset): void {
  const longest = stored?.network.maxLength ?? Infinity;
  if (test.length <= longest) return;
  throw new Qs5Error('E_NETWORK', {
    path: ['data'],
    message: `The test sequences have ${test.length} steps; the network of the file takes up to ${longest}.`,
    hint: 'quantise again with qs5 quantize, or use shorter test data.',
  });
}

function configThen({ config, qs5 }: Provenance, hint: string): Config {
  try {
    return parseConfig(config, 'the config of the network').config;
  } catch (error) {
    if (!(error instanceof Qs5Error)) throw error;
    throw new Qs5Error('E_NETWORK', {
      message: `The file of the network was made by qs5 ${qs5}, from a config that is none for this qs5.`,
      hint,
    });
  }
}
