/** From a config file to a design or its integers, as every command does it. */
import { Option } from 'commander';
import type { LoadedConfig } from '../config/load.js';
import { buildDesign, quantizeModel, type Design, type QuantizedModel } from '../design/build.js';
import { loadNetworkFile } from '../design/stored_network.js';
import type { NetworkFile } from '../network/file.js';
import { createLabelledProgress } from '../report/progress.js';
import type { Io } from './io.js';

/** `--network`: a file of `qs5 quantize` in place of a calibration. */
export function networkOption(): Option {
  return new Option('--network <file>', 'take the integers from a file of qs5 quantize');
}

/** The integers of a config, with progress while it is calibrated. */
export async function loadQuantized(
  io: Io,
  loaded: LoadedConfig,
  network?: string,
): Promise<QuantizedModel> {
  const stored = await storedNetwork(network);
  return withProgress(io, async (watch) => quantizeModel(loaded, { stored, watch }));
}

/** The hardware of a config, with progress while it is calibrated. */
export async function loadDesign(io: Io, loaded: LoadedConfig, network?: string): Promise<Design> {
  const stored = await storedNetwork(network);
  return withProgress(io, async (watch) => buildDesign(loaded, { stored, watch }));
}

async function storedNetwork(file: string | undefined): Promise<NetworkFile | undefined> {
  return file === undefined ? undefined : loadNetworkFile(file);
}

async function withProgress<T>(
  io: Io,
  run: (watch: (label: string, done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const progress = createLabelledProgress(io);
  try {
    return await run(progress.update);
  } finally {
    progress.stop();
  }
}
