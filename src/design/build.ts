import { loadDevice } from '../hardware/device/device.js';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import type { Dataset } from '../float/dataset/dataset.js';
import { withLocations } from '../config/with_locations.js';
import { checkAll, Qs5Error, type ConfigPath } from '../base/errors.js';
import type { NetworkFile } from '../network/file.js';
import type { IntegerNetwork } from '../network/types.js';
import { benchName, topName } from '../hardware/plan/names.js';
import { targetCycles } from '../hardware/plan/fold.js';
import type { Plan } from '../hardware/plan/types.js';
import type { FloatGraph } from '../network/graph/types.js';
import type { InputClipping } from '../network/quantize/input_words.js';
import type { Watch } from '../network/quantize/watch.js';
import type { S5Model } from '../float/s5/model.js';
import { prepare, type PreparedModel } from '../float/s5/prepare.js';
import { takenModules } from '../hardware/verilog/module_names.js';
import { openCheckpoint, type CheckpointFile } from './checkpoint_file.js';
import { corePart } from './core_part.js';
import { choosePlan } from './fit.js';
import { loadDatasets, loadFloatModel, maxLength } from './load_model.js';
import { networkPart } from './network_part.js';
import { quantizedCache, type CacheOptions } from './quantized_cache.js';
import { checkLength, checkStored, checkStoredConfig } from './stored_network.js';

export interface QuantizeOptions {
  /** A network that was quantised before, in place of one to be calibrated. */
  readonly stored?: NetworkFile | undefined;
  /** The checkpoint, where its bytes were read before. */
  readonly checkpoint?: CheckpointFile | undefined;
  /** Cache of quantised networks; undefined: no cache. */
  readonly cache?: CacheOptions | undefined;
  /** Called as the calibration proceeds. */
  readonly watch?: Watch | undefined;
}

/** A config with its integer network. */
export interface QuantizedModel {
  readonly loaded: LoadedConfig;
  readonly checkpoint: CheckpointFile;
  readonly floatModel: S5Model;
  readonly model: PreparedModel;
  readonly network: IntegerNetwork;
  /** Makes the float graph that the integers approximate; their ids must be those of the graph. */
  readonly floatGraph: () => FloatGraph;
  readonly test: Dataset;
  /** Test sequence `i` as the hardware receives it: integer vectors, one per step. */
  readonly words: (i: number) => Float64Array[];
  /** The real values of those words, [L, width]. */
  readonly values: (i: number) => Float64Array;
  /** The values that saturate on the way to the words. */
  readonly clipping: (i: number) => InputClipping;
}

/** A config with its hardware. */
export interface Design {
  readonly loaded: LoadedConfig;
  readonly checkpoint: CheckpointFile;
  readonly network: IntegerNetwork;
  readonly plan: Plan;
  /** Number of test sequences. */
  readonly sequences: number;
  readonly words: QuantizedModel['words'];
  readonly clipping: QuantizedModel['clipping'];
}

/**
 * config -> float model -> calibrated integer network, or the one of a file.
 * Errors that come from a value of the config carry its place in the file.
 */
export async function quantizeModel(
  loaded: LoadedConfig,
  { stored, checkpoint = openCheckpoint(loaded), cache, watch }: QuantizeOptions = {},
): Promise<QuantizedModel> {
  return withLocations(loaded, async () => {
    const { config } = loaded;
    if (stored !== undefined) await checkStored(loaded, checkpoint, stored);
    const kept =
      stored === undefined && cache !== undefined
        ? quantizedCache(loaded, checkpoint, cache)
        : undefined;
    const known = stored === undefined ? await kept?.find() : stored.network;
    const floatModel = await loadFloatModel(loaded, watch, checkpoint);
    const { calibration, test } = await loadDatasets(loaded, floatModel);
    const model = prepare(floatModel);
    await checkLayers(config, model);
    const steps = maxLength(config, test);
    checkLength(stored, test);
    const request = { stored: known, watch };
    const { network, floatGraph, words, values, clipping } =
      config.scope === 'network'
        ? networkPart(config, model, calibration, steps, request)
        : corePart(config, config.scope.ssm_core, model, calibration, steps, request);
    if (known === undefined) await kept?.keep(network);
    return {
      loaded,
      checkpoint,
      floatModel,
      model,
      network,
      floatGraph,
      test,
      words: (i) => words(test.sequence(i), test.length),
      values: (i) => values(test.sequence(i), test.length),
      clipping: (i) => clipping(test.sequence(i), test.length),
    };
  });
}

/** The same, with the plan. */
export async function buildDesign(
  loaded: LoadedConfig,
  options: QuantizeOptions = {},
): Promise<Design> {
  return withLocations(loaded, async () => {
    const { config } = loaded;
    await checkAll(
      () => checkName(config),
      () => loadDevice(config.device),
    );
    return designOf(await quantizeModel(loaded, options));
  });
}

/** From integers to the plan. */
export async function designOf({
  loaded,
  checkpoint,
  network,
  test,
  words,
  clipping,
}: QuantizedModel): Promise<Design> {
  return withLocations(loaded, async () => {
    const plan = await planOf(loaded.config, network);
    return { loaded, checkpoint, network, plan, sequences: test.count, words, clipping };
  });
}

/**
 * The plan of integers that were quantised before. It needs neither the model nor the data of the
 * config.
 *
 * @throws E_NETWORK when the config is another one than theirs
 */
export async function planStored(loaded: LoadedConfig, stored: NetworkFile): Promise<Plan> {
  return withLocations(loaded, async () => {
    checkStoredConfig(loaded, stored);
    return planOf(loaded.config, stored.network);
  });
}

async function planOf(config: Config, network: IntegerNetwork): Promise<Plan> {
  await checkName(config);
  loadDevice(config.device);
  const plan = choosePlan(network, config);
  checkTarget(config, plan);
  return plan;
}

function checkTarget({ target }: Config, { interval, binding }: Plan): void {
  const wanted = targetCycles(target);
  if (wanted === undefined || interval <= wanted) return;
  throw new Qs5Error('E_FOLDING', {
    path: ['target'],
    message: `The target is a step every ${wanted} cycles; ${binding.block} takes ${interval} (${binding.limit}).`,
    hint: binding.limit.includes('update loop')
      ? `no folding is faster; use interval: ${interval}.`
      : `use interval: ${interval}, or fold ${binding.block} less.`,
  });
}

/** A design and its bench must have names of their own among the modules of their folder. */
async function checkName({ name }: Config): Promise<void> {
  const top = topName(name);
  const taken = await takenModules();
  const found = [top, benchName(top)].find((module) => taken.has(module));
  if (found === undefined) return;
  throw new Qs5Error('E_CONFIG_VALUE', {
    path: ['name'],
    message: `A design of this name has the module ${found}, as the library of qs5 has.`,
    hint: `choose another name, such as my-${name}.`,
  });
}

async function checkLayers(config: Config, { shape }: PreparedModel): Promise<void> {
  const check = (layer: number, path: ConfigPath) => {
    if (layer < shape.layers) return;
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path,
      message: `There is no layer ${layer}: the model has ${shape.layers}, counted from 0.`,
      hint: shape.layers === 1 ? 'use 0.' : `use 0 to ${shape.layers - 1}.`,
    });
  };
  await checkAll(
    () => {
      if (config.scope !== 'network') check(config.scope.ssm_core, ['scope', 'ssm_core']);
    },
    ...config.layers.map(({ layer }, i) => () => {
      check(layer, ['layers', i, 'layer']);
    }),
  );
}
