/** From a config file to a design or its integer network, for all commands. */
import { Option } from 'commander';
import { cacheFolder } from '../../jobs/cache/folder.js';
import { openStore } from '../../jobs/cache/store.js';
import { loadConfig, type LoadedConfig } from '../../config/load.js';
import { withLocations } from '../../config/with_locations.js';
import {
  buildDesign,
  planStored,
  quantizeModel,
  type Design,
  type QuantizedModel,
  type QuantizeOptions,
} from '../../design/build.js';
import { openCheckpoint } from '../../design/checkpoint_file.js';
import { fetchMnist } from '../../design/mnist.js';
import type { CacheOptions } from '../../design/quantized_cache.js';
import { loadDevice, type Device } from '../../hardware/device/device.js';
import { loadNetworkFile } from '../../design/stored_network.js';
import type { NetworkFile } from '../../network/file.js';
import type { Plan } from '../../hardware/plan/types.js';
import { createLabelledProgress } from '../report/progress.js';
import { folderNetwork } from '../../deliver/design_folder.js';
import { pause, type Io } from './io.js';
import { noteModel } from './note_model.js';

/** `--no-cache`, for every command that quantises. */
export function cacheOption(): Option {
  return new Option('--no-cache', 'calibrate again, and store no network for later commands');
}

/** Source of the integer network of a config. */
export interface Source {
  /** A file of qs5 quantize. */
  readonly network?: string;
  /** True to use the integer network of an earlier run, and to store a new one. */
  readonly cache: boolean;
}

/** `--network`: a file of `qs5 quantize` instead of a calibration. */
export function networkOption(): Option {
  return new Option('--network <file>', 'read the integer network from a file of qs5 quantize');
}

export interface Targeted {
  readonly loaded: LoadedConfig;
  readonly device: Device;
}

/** A config for its own device, or for another. The design depends on the device. */
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

/** The integer network of a config, with progress during calibration. */
export async function loadQuantized(
  io: Io,
  loaded: LoadedConfig,
  source: Source,
): Promise<QuantizedModel> {
  return quantised(io, loaded, source, quantizeModel);
}

/** The hardware of a config, with progress during calibration. */
export async function loadDesign(io: Io, loaded: LoadedConfig, source: Source): Promise<Design> {
  return quantised(io, loaded, source, buildDesign);
}

async function quantised<T>(
  io: Io,
  loaded: LoadedConfig,
  { network, cache }: Source,
  make: (loaded: LoadedConfig, options: QuantizeOptions) => Promise<T>,
): Promise<T> {
  const stored = await storedNetwork(network);
  const checkpoint = openCheckpoint(loaded);
  await noteModel(io, loaded, checkpoint);
  const complete = await createFetcher(io)(loaded);
  const progress = createLabelledProgress(io);
  const options = { stored, checkpoint, watch: progress.update, cache: cacheOf(io, cache) };
  try {
    return await atOnce(io, async () => make(complete, options));
  } finally {
    progress.stop();
  }
}

/** Quantises one config after the other, with one note for all that come from the cache. */
export function createQuantizer(io: Io, cache: boolean) {
  const kept = cacheOf(io, cache);
  let noted = false;
  const note = (text: string) => {
    if (!noted) kept?.note(text);
    noted = true;
  };
  const options = kept === undefined ? {} : { cache: { ...kept, note } };
  const withFetched = createFetcher(io);
  return async (loaded: LoadedConfig): Promise<QuantizedModel> => {
    const complete = await withFetched(loaded);
    return atOnce(io, async () => quantizeModel(complete, options));
  };
}

/** Completes configs with the files that their data need from outside, fetched once. Ctrl-C ends npm. */
export function createFetcher({ env, signal, stderr }: Io) {
  const note = (text: string) => {
    stderr(`${text}\n`);
  };
  let fetched: LoadedConfig['fetched'];
  return async (loaded: LoadedConfig): Promise<LoadedConfig> => {
    if (loaded.config.data.mnist === undefined) return loaded;
    fetched ??= await withLocations(loaded, () => fetchMnist({ env, signal, note }));
    return { ...loaded, fetched };
  };
}

/** The cache of the user; undefined where there is none, or where it is not to be used. */
function cacheOf({ env, stderr }: Io, wanted: boolean): CacheOptions | undefined {
  const folder = wanted ? cacheFolder(env) : undefined;
  if (folder === undefined) return undefined;
  return {
    store: openStore(folder),
    note: (text) => {
      stderr(`${text}\n`);
    },
  };
}

/** Synchronous work of seconds that leaves nothing behind: a signal ends it at once. */
async function atOnce<T>(io: Io, work: () => Promise<T>): Promise<T> {
  await pause(io.signal);
  return io.endAtOnce(work);
}

/**
 * The plan of a config. A folder of qs5 generate lacks model and data, so its plan comes from the
 * network file in the folder.
 */
export async function loadPlan(io: Io, loaded: LoadedConfig, source: Source): Promise<Plan> {
  const inFolder = source.network === undefined ? await folderNetwork(loaded) : undefined;
  if (inFolder === undefined) return (await loadDesign(io, loaded, source)).plan;
  const stored = await loadNetworkFile(inFolder);
  return atOnce(io, async () => planStored(loaded, stored));
}

async function storedNetwork(file: string | undefined): Promise<NetworkFile | undefined> {
  return file === undefined ? undefined : loadNetworkFile(file);
}
