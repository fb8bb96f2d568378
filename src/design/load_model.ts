import { resolve } from 'node:path';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import type { ModelInit } from '../config/model_schema.js';
import { loadIdxDataset } from '../float/dataset/idx_dataset.js';
import type { Dataset, ModelPorts } from '../float/dataset/dataset.js';
import { mnistSplits, type MnistOptions, type MnistSplits } from '../float/dataset/mnist.js';
import { syntheticDataset } from '../float/dataset/synthetic.js';
import { loadTensorDataset } from '../float/dataset/tensor_dataset.js';
import { checkAll, Qs5Error } from '../base/errors.js';
import type { Watch } from '../network/quantize/watch.js';
import { defaultsFor, geluKindOf } from '../float/s5/architecture.js';
import { loadModel } from '../float/s5/from_checkpoint.js';
import { initModel } from '../float/s5/init.js';
import type { GeluKind, S5Model, S5Shape } from '../float/s5/model.js';
import { asUsed } from '../float/s5/on_use.js';
import { openCheckpoint, type CheckpointFile } from './checkpoint_file.js';
import { fetchMnist, mnistFiles } from './mnist.js';

/**
 * The float model that a config names: a checkpoint, or a seeded initialisation, with the functions
 * of the config.
 */
export async function loadFloatModel(
  loaded: LoadedConfig,
  watch?: Watch,
  file: CheckpointFile = openCheckpoint(loaded),
): Promise<S5Model> {
  const { config, dir } = loaded;
  const { checkpoint, init, ...stated } = config.model;
  const model =
    checkpoint === undefined
      ? initialised(init, (done, layers) => watch?.('random model', done, layers))
      : await loadModel(resolve(dir, checkpoint), checkpoint, stated, file.bytes);
  const { sigmoid = model.shape.sigmoid } = config.functions;
  const gelu = geluFor(config.functions.gelu, model.shape.gelu);
  return { ...model, shape: { ...model.shape, gelu, sigmoid } };
}

/** `exact` keeps the form that the network was trained with; tanh where it was trained with none. */
function geluFor(wanted: Config['functions']['gelu'], trained: GeluKind): GeluKind {
  switch (wanted) {
    case undefined:
      return trained;
    case 'exact':
      return trained === 'erf' ? 'erf' : 'exact';
    case 'tanh':
    case 'erf':
    case 'q_gelu':
      return geluKindOf(wanted);
  }
}

function initialised(init: ModelInit, onLayer: (done: number, layers: number) => void): S5Model {
  const spec = {
    ...init,
    gelu: geluKindOf(init.gelu),
    normBias: init.norm_bias,
    stateSize: init.state_size,
    normEps: init.norm_eps ?? defaultsFor(init.norm).norm_eps,
    conjSym: init.conj_sym,
    cInit: init.c_init,
    dtMin: init.dt_min,
    dtMax: init.dt_max,
  };
  const model = initModel(spec, onLayer);
  const onUse = { clip_eigs: false, step_rescale: init.step_rescale, bandlimit: Infinity };
  const layers = model.layers.map((layer) => ({ ...layer, ssm: asUsed(layer.ssm, onUse) }));
  return { ...model, layers };
}

/** Sequences to calibrate with, and sequences to run. */
export interface Datasets {
  readonly calibration: Dataset;
  readonly test: Dataset;
}

/** Synthetic sequences have no end: a number that no run reaches. */
const SYNTHETIC_COUNT = 1_000_000;

/**
 * The datasets that a config names.
 *
 * MNIST is fetched with the environment of the process, unless it is part of `loaded`.
 *
 * @throws E_FILE. E_DATASET for data that do not fit the model, or too few sequences for the
 * calibration. The errors of `fetchMnist`. E_CONFIG_COMBINATION for a test sequence longer than `max_length`.
 */
export async function loadDatasets(loaded: LoadedConfig, model: S5Model): Promise<Datasets> {
  const datasets = await readDatasets(loaded, model);
  await checkAll(
    () => {
      checkCalibration(loaded.config, datasets.calibration);
    },
    () => {
      checkLength(loaded.config, datasets.test);
    },
  );
  return datasets;
}

async function readDatasets(loaded: LoadedConfig, { shape }: S5Model): Promise<Datasets> {
  const { config, dir } = loaded;
  const { idx, tensors, synthetic, mnist } = config.data;
  const { inputs } = shape;
  const ports = portsOf(shape);
  const kind = config.input;
  if (synthetic !== undefined) {
    const { seed, length } = synthetic;
    const make = (s: number) =>
      syntheticDataset({ seed: s, count: SYNTHETIC_COUNT, length, inputs, kind });
    return { calibration: make(seed), test: make((seed + 1) % 2 ** 32) };
  }
  if (mnist !== undefined) {
    const { train, test } = await loadMnist(loaded, shape, mnist);
    return { calibration: train, test };
  }
  if (tensors !== undefined) {
    const read = async (file: string) =>
      loadTensorDataset(resolve(dir, file), { file, kind, ...ports });
    return { calibration: await read(tensors.calibration), test: await read(tensors.test) };
  }
  const load = async (files: { images: string; labels?: string }) =>
    loadIdxDataset(
      {
        images: resolve(dir, files.images),
        ...(files.labels === undefined ? {} : { labels: resolve(dir, files.labels) }),
      },
      files,
      ports,
    );
  return { calibration: await load(idx.calibration), test: await load(idx.test) };
}

/** The splits of MNIST for a model; `loadDatasets` says where the files come from. */
export async function loadMnist(
  { fetched }: Pick<LoadedConfig, 'fetched'>,
  shape: S5Shape,
  options: MnistOptions,
): Promise<MnistSplits> {
  const files = fetched ?? (await fetchMnist({ env: process.env }));
  return mnistSplits(mnistFiles(files), options, portsOf(shape));
}

function portsOf({ inputs, outputs, pooling }: S5Shape): ModelPorts {
  return { inputs, outputs, everyStep: pooling === 'none' };
}

/** Steps of the longest sequence that the hardware must take: the config's, or the test data's. */
export function maxLength({ max_length }: Pick<Config, 'max_length'>, test: Dataset): number {
  return max_length ?? test.length;
}

/** @throws E_DATASET when there are fewer calibration sequences than the config wants. */
function checkCalibration({ calibration, data }: Config, { count }: Dataset): void {
  const { sequences } = calibration;
  if (sequences <= count) return;
  const named = data.tensors?.calibration ?? data.idx?.calibration.images;
  const file = named ?? (data.mnist === undefined ? 'the data' : 'the training set of MNIST');
  throw new Qs5Error('E_DATASET', {
    path: ['calibration', 'sequences'],
    message: `The calibration wants ${sequences} sequences; ${file} has ${count}.`,
    hint: `use sequences: ${count}, or give more calibration data.`,
  });
}

function checkLength(config: Config, test: Dataset): void {
  const { length } = test;
  if (length <= maxLength(config, test)) return;
  throw new Qs5Error('E_CONFIG_COMBINATION', {
    path: ['max_length'],
    message: `The test sequences have ${length} steps, more than max_length.`,
    hint: `use max_length: ${length} or more, or shorter test data.`,
  });
}
