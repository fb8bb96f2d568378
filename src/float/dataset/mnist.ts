import type { Dataset, ModelPorts } from './dataset.js';
import { readIdx } from './idx.js';
import { idxDataset } from './idx_dataset.js';
import { stratifiedSplit } from './stratified_split.js';
import { bitReversal, reordered, subset } from './views.js';

/** The files of MNIST: a path in messages, and the bytes. */
export type MnistFiles = Readonly<Record<MnistFile, { path: string; bytes: Uint8Array }>>;

export type MnistFile = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels';

/** MNIST in three parts. No digit is in two of them. */
export interface MnistSplits {
  /** Training digits without those of `validation`, in the order of their file. */
  readonly train: Dataset;
  /** Training digits that choose among models: a tenth of each class, in the order of their file. */
  readonly validation: Dataset;
  /** The official test digits, only for figures that are reported. */
  readonly test: Dataset;
}

export interface MnistOptions {
  /** True for permuted sequential MNIST: the pixels in the order of `bitReversal(784)`. */
  readonly permuted: boolean;
}

/** Training digits per validation digit, those of validation included: 6 000 of 60 000. */
const PER_VALIDATION_DIGIT = 10;
/** Seed of the split. Another seed would put validation digits of older models into training. */
const SPLIT_SEED = 1;

/**
 * MNIST as sequences of pixels, row by row, scaled from 0..255 to 0..1.
 *
 * @param ports Sizes of the model: one input, at least 10 outputs.
 * @throws E_DATASET for files that are broken, or do not fit each other or the model.
 */
export function mnistSplits(
  files: MnistFiles,
  { permuted }: MnistOptions,
  ports: ModelPorts,
): MnistSplits {
  const read = (images: MnistFile, labels: MnistFile) => {
    const names = { images: files[images].path, labels: files[labels].path };
    const pixels = readIdx(files[images].bytes, names.images);
    const classes = readIdx(files[labels].bytes, names.labels);
    const dataset = idxDataset(pixels, classes, names, ports);
    const order = permuted ? bitReversal(dataset.length) : undefined;
    return {
      classes: classes.data,
      digits: order === undefined ? dataset : reordered(dataset, order),
    };
  };
  const { digits: train, classes } = read('trainImages', 'trainLabels');
  const validation = Math.floor(train.count / PER_VALIDATION_DIGIT);
  const { rest, part } = stratifiedSplit(classes, validation, SPLIT_SEED);
  return {
    train: subset(train, rest),
    validation: subset(train, part),
    test: read('testImages', 'testLabels').digits,
  };
}
