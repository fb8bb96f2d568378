import type { LoadedConfig } from '../config/load.js';
import type { TrainingConfig } from '../config/training_schema.js';
import { Qs5Error } from '../base/errors.js';
import type { Dataset } from '../float/dataset/dataset.js';
import { stratifiedSplit } from '../float/dataset/stratified_split.js';
import { subset } from '../float/dataset/views.js';
import type { S5Model } from '../float/s5/model.js';
import { loadDatasets, loadMnist } from './load_model.js';

/** Data of a training. The test data of the config are in neither part. */
export interface TrainingData {
  readonly train: Dataset;
  /** Sequences that choose the best epoch. */
  readonly validation: Dataset;
}

/**
 * The calibration data of a config in two parts: by class where there are labels, else at random.
 * MNIST has splits of its own.
 *
 * @throws E_DATASET for a part without sequences, and as `loadDatasets`.
 */
export async function loadTrainingData(
  loaded: LoadedConfig,
  model: S5Model,
  { validation: share, seed }: Pick<TrainingConfig, 'validation' | 'seed'>,
): Promise<TrainingData> {
  const { mnist } = loaded.config.data;
  if (mnist !== undefined) return loadMnist(loaded, model.shape, mnist);
  const { calibration } = await loadDatasets(loaded, model);
  const count = Math.round(share * calibration.count);
  if (count === 0 || count === calibration.count) {
    throw new Qs5Error('E_DATASET', {
      path: ['training', 'validation'],
      message: `${count} of ${calibration.count} sequences are for validation, and ${calibration.count - count} for training.`,
      hint: 'both need one sequence or more: change the share, or give more calibration data.',
    });
  }
  const labels = Array.from({ length: calibration.count }, (_, i) => calibration.label(i) ?? 0);
  const { rest, part } = stratifiedSplit(labels, count, seed);
  return { train: subset(calibration, rest), validation: subset(calibration, part) };
}

/** The wanted result of each sequence: its class, or its values. */
export type TargetKind = 'class' | 'squared_error' | 'smape';

/**
 * The kind of the targets of data, which the loss of the config must fit.
 *
 * @throws E_CONFIG_COMBINATION, E_DATASET
 */
export function targetKind(
  { train }: TrainingData,
  { shape }: S5Model,
  { loss, batch }: Pick<TrainingConfig, 'loss' | 'batch'>,
): TargetKind {
  if (train.count < batch) {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['training', 'batch'],
      message: `A batch has ${batch} sequences; there are ${train.count} for training.`,
      hint: `use a batch of at most ${train.count}.`,
    });
  }
  const labelled = train.label(0) !== undefined;
  if (!labelled && train.target === undefined) {
    throw new Qs5Error('E_DATASET', {
      path: ['data'],
      message: 'The calibration data have neither labels nor targets.',
      hint: 'training needs one of them: see docs/inputs.md.',
    });
  }
  if (loss !== undefined && (loss === 'cross_entropy') !== labelled) {
    const [has, fits] = labelled
      ? ['labels', 'cross_entropy']
      : ['targets', 'squared_error or smape'];
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['training', 'loss'],
      message: `The loss is ${loss}; the data have ${has}.`,
      hint: `use ${fits}.`,
    });
  }
  if (labelled && shape.pooling === 'none') {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['data'],
      message: 'The model has an output every step, and the data have one label per sequence.',
      hint: 'use pooling: mean or last, or data with targets.',
    });
  }
  if (labelled) return 'class';
  return loss === 'smape' ? 'smape' : 'squared_error';
}

/** The target of a sequence. */
export function targetOf(data: Dataset, kind: TargetKind, index: number) {
  if (kind === 'class') {
    const label = data.label(index);
    if (label === undefined) throw new Error(`sequence ${index} has no label`);
    return { kind, label } as const;
  }
  const values = data.target?.(index);
  if (values === undefined) throw new Error(`sequence ${index} has no target`);
  return { kind, values } as const;
}
