/** From a config file to a design or its integers, as every command does it. */
import { Option } from 'commander';
import { loadConfig, type LoadedConfig } from '../config/load.js';
import { withLocations } from '../config/with_locations.js';
import {
  buildDesign,
  planStored,
  quantizeModel,
  type Design,
  type QuantizedModel,
} from '../design/build.js';
import { loadDevice, type Device } from '../device/device.js';
import { loadNetworkFile } from '../design/stored_network.js';
import type { NetworkFile } from '../network/file.js';
import type { Plan } from '../plan/types.js';
import { createLabelledProgress } from '../report/progress.js';
import { folderNetwork } from '../simulate/design_folder.js';
import type { Io } from './io.js';
import { noteModel } from './note_model.js';

/** `--network`: a file of `qs5 quantize` in place of a calibration. */
export function networkOption(): Option {
  return new Option('--network <file>', 'take the integers from a file of qs5 quantize');
}

export interface Targeted {
  readonly loaded: LoadedConfig;
  readonly device: Device;
}

/** A config for its own device, or for another: what is built depends on it. */
export async function loadForDevice(file: string, name?: string): Promise<Targeted> {
  const loaded = await loadConfig(file);
  if (name === undefined) {
    return { loaded, device: withLocations(loaded, () => loadDevice(loaded.config.device)) };
  }
  const device = loadDevice(name);
  const { target } = loaded.config;
  const config = {
    ...loaded.config,
    device: name,
    ...(target?.device === undefined ? {} : { target: { device: name } }),
  };
  return { loaded: { ...loaded, config }, device };
}

/** The integers of a config, with progress while it is calibrated. */
export async function loadQuantized(
  io: Io,
  loaded: LoadedConfig,
  network?: string,
): Promise<QuantizedModel> {
  const stored = await storedNetwork(network);
  await noteModel(io, loaded);
  return withProgress(io, async (watch) => quantizeModel(loaded, { stored, watch }));
}

/** The hardware of a config, with progress while it is calibrated. */
export async function loadDesign(io: Io, loaded: LoadedConfig, network?: string): Promise<Design> {
  const stored = await storedNetwork(network);
  await noteModel(io, loaded);
  return withProgress(io, async (watch) => buildDesign(loaded, { stored, watch }));
}

/**
 * The plan of a config. In a folder of qs5 generate, where model and data are out of reach, it is
 * that of the integers which lie there.
 */
export async function loadPlan(io: Io, loaded: LoadedConfig, network?: string): Promise<Plan> {
  const beside = network === undefined ? await folderNetwork(loaded) : undefined;
  if (beside === undefined) return (await loadDesign(io, loaded, network)).plan;
  return planStored(loaded, await loadNetworkFile(beside));
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
