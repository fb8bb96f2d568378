import { resolve } from 'node:path';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import type { ModelInit } from '../config/model_schema.js';
import { loadIdxDataset } from '../dataset/idx_dataset.js';
import type { Dataset } from '../dataset/dataset.js';
import { syntheticDataset } from '../dataset/synthetic.js';
import { loadTensorDataset } from '../dataset/tensor_dataset.js';
import { Qs5Error } from '../errors.js';
import { loadModel } from '../s5/from_checkpoint.js';
import { initModel } from '../s5/init.js';
import type { S5Model } from '../s5/model.js';

/**
 * The float model that a config names: a checkpoint, or a seeded initialisation, with the
 * functions that the config asks for.
 */
export async function loadFloatModel({ config, dir }: LoadedConfig): Promise<S5Model> {
  const { checkpoint, init } = config.model;
  const model =
    checkpoint === undefined
      ? initModel(initSpec(init))
      : await loadModel(resolve(dir, checkpoint), checkpoint);
  return { ...model, shape: { ...model.shape, ...config.functions } };
}

function initSpec(init: ModelInit) {
  return {
    ...init,
    gelu: 'exact',
    sigmoid: 'exact',
    normBias: init.norm_bias,
    stateSize: init.state_size,
    normEps: init.norm === 'batch' ? 1e-5 : 1e-6,
    conjSym: init.conj_sym,
    cInit: init.c_init,
    dtMin: init.dt_min,
    dtMax: init.dt_max,
  } as const;
}

/** Sequences to calibrate with, and sequences to run. */
export interface Datasets {
  readonly calibration: Dataset;
  readonly test: Dataset;
}

/** Synthetic sequences come without end; as many as anyone would run. */
const SYNTHETIC_COUNT = 1_000_000;

/**
 * The datasets that a config names.
 *
 * @throws E_FILE, E_DATASET; E_CONFIG_COMBINATION when they do not fit the model's inputs, or a
 * test sequence is longer than `max_length`.
 */
export async function loadDatasets(
  { config, dir }: LoadedConfig,
  model: S5Model,
): Promise<Datasets> {
  const { idx, tensors, synthetic } = config.data;
  if (synthetic !== undefined) {
    const { seed, length } = synthetic;
    const { inputs } = model.shape;
    const kind = config.input;
    const make = (s: number) =>
      syntheticDataset({ seed: s, count: SYNTHETIC_COUNT, length, inputs, kind });
    return checkLength(config, { calibration: make(seed), test: make((seed + 1) % 2 ** 32) });
  }
  if (tensors !== undefined) {
    const read = async (file: string) =>
      loadTensorDataset(resolve(dir, file), {
        file,
        kind: config.input,
        inputs: model.shape.inputs,
      });
    const [calibration, test] = [await read(tensors.calibration), await read(tensors.test)];
    return checkLength(config, { calibration, test });
  }
  const load = async (files: { images: string; labels?: string }) =>
    loadIdxDataset(
      {
        images: resolve(dir, files.images),
        ...(files.labels === undefined ? {} : { labels: resolve(dir, files.labels) }),
      },
      files,
    );
  const datasets = { calibration: await load(idx.calibration), test: await load(idx.test) };
  if (datasets.test.inputs !== model.shape.inputs) {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['data', 'idx'],
      message: `The images give ${datasets.test.inputs} value per step; the model takes ${model.shape.inputs}.`,
      hint: 'use data: { synthetic: ... }, or a model with one input.',
    });
  }
  return checkLength(config, datasets);
}

/** Steps of the longest sequence that the hardware must take: the config's, or the test data's. */
export function maxLength({ max_length }: Pick<Config, 'max_length'>, test: Dataset): number {
  return max_length ?? test.length;
}

function checkLength(config: Config, datasets: Datasets): Datasets {
  const { length } = datasets.test;
  if (length <= maxLength(config, datasets.test)) return datasets;
  throw new Qs5Error('E_CONFIG_COMBINATION', {
    path: ['max_length'],
    message: `The test sequences have ${length} steps, more than max_length.`,
    hint: `use max_length: ${length} or more, or shorter test data.`,
  });
}
