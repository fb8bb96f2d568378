import { readFile } from 'node:fs/promises';
import { Qs5Error } from '../../base/errors.js';
import { checkClasses, checkIndex, type Dataset, type ModelPorts } from './dataset.js';
import { readIdx, type IdxArray } from './idx.js';

/** Paths of the files, or their names in messages. */
export interface IdxFiles {
  readonly images: string;
  readonly labels?: string;
}

/**
 * Images as sequences of pixels in row-major order, one pixel per step, scaled from 0..255 to 0..1.
 * MNIST becomes [784, 1]. As in the sMNIST task of S5, neither mean nor deviation is removed.
 *
 * @param displayNames Names of the files in messages.
 * @param ports Sizes of the model.
 * @throws Qs5Error E_FILE for an unreadable file; E_DATASET for a broken file, and for labels or
 * images that do not fit.
 */
export async function loadIdxDataset(
  files: IdxFiles,
  displayNames: IdxFiles,
  ports: ModelPorts,
): Promise<Dataset> {
  const images = await load(files.images, displayNames.images);
  if (files.labels === undefined) return idxDataset(images, undefined, displayNames, ports);
  const labels = await load(files.labels, displayNames.labels ?? files.labels);
  return idxDataset(images, labels, displayNames, ports);
}

async function load(path: string, displayName: string): Promise<IdxArray> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new Qs5Error('E_FILE', {
      message: `The dataset cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      hint: 'check the path; it is relative to the file that names it.',
      subject: displayName,
    });
  });
  return readIdx(bytes, displayName);
}

/**
 * A dataset from arrays: images [count, ...pixels], labels [count].
 *
 * @throws Qs5Error E_DATASET for arrays that do not fit each other or the model, and for empty
 * arrays.
 */
export function idxDataset(
  images: IdxArray,
  labels: IdxArray | undefined,
  displayNames: IdxFiles,
  { inputs, outputs }: ModelPorts,
): Dataset {
  const fail = (subject: string, message: string, hint: string): Qs5Error =>
    new Qs5Error('E_DATASET', { message, hint, subject });
  const [count = 0, ...pixels] = images.dims;
  const length = pixels.reduce((product, size) => product * size, 1);
  if (pixels.length === 0) {
    throw fail(
      displayNames.images,
      'The images have one axis, like labels.',
      'check that image and label files are not swapped.',
    );
  }
  if (count === 0 || length === 0) {
    throw fail(
      displayNames.images,
      `Sizes ${images.dims.join(' x ')} hold no pixel.`,
      'give a file with at least one image.',
    );
  }
  const labelsName = displayNames.labels ?? 'labels';
  if (labels !== undefined && labels.dims.length !== 1) {
    throw fail(
      labelsName,
      `The labels have ${labels.dims.length} axes; expected one.`,
      'check that image and label files are not swapped.',
    );
  }
  if (labels !== undefined && labels.data.length !== count) {
    throw fail(
      labelsName,
      `There are ${labels.data.length} labels for ${count} images.`,
      'give the two files of one split (both train or both test).',
    );
  }
  if (inputs !== 1) {
    throw fail(
      displayNames.images,
      `The images give 1 value per step, a pixel; expected ${inputs}, the inputs of the model.`,
      'use a model with one input, or give the sequences as data: { tensors: ... }.',
    );
  }
  if (labels !== undefined) checkClasses(labels.data, outputs, labelsName);
  return {
    count,
    length,
    inputs: 1,
    sequence: (i) => {
      checkIndex(i, count);
      return Float64Array.from(
        images.data.subarray(i * length, (i + 1) * length),
        (pixel) => pixel / 255,
      );
    },
    label: (i) => {
      checkIndex(i, count);
      return labels?.data[i];
    },
  };
}
