import { readFile } from 'node:fs/promises';
import { DATASET } from '../checkpoint/file_kind.js';
import { readSafetensors } from '../checkpoint/safetensors.js';
import { formatShape, type Tensor, type TensorFile } from '../checkpoint/tensor.js';
import { Qs5Error } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import { checkClasses, checkIndex, isIndex, type Dataset, type ModelPorts } from './dataset.js';
import { oneHot } from './one_hot.js';

/** Requirements on a tensor file: the sizes of a model, and the kind of its input. */
export interface TensorDatasetSpec extends ModelPorts {
  /** Name of the file in messages. */
  readonly file: string;
  /** Kind of a step: values, or the index of the only input that is 1. */
  readonly kind: 'values' | 'one_hot';
}

/** All tensors of a dataset. */
const TENSORS = ['inputs', 'labels', 'targets'] as const;
type TensorName = (typeof TENSORS)[number];

/**
 * Sequences from a safetensors file:
 *
 * - `inputs`: [count, length, inputs], or [count, length] for a model with one input or of indices;
 * - `labels`: [count], classes from 0; or
 * - `targets`: [count, outputs]. A model with an output every step takes [count, length, outputs],
 *   or [count, length] for one output. There [count, outputs] are the targets of the last step.
 *
 * @throws E_FILE; E_DATASET for a broken file, other tensors, or sizes that do not fit the model.
 */
export async function loadTensorDataset(path: string, spec: TensorDatasetSpec): Promise<Dataset> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new Qs5Error('E_FILE', {
      message: `The dataset cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      hint: 'check the path; it is relative to the file that names it.',
      subject: spec.file,
    });
  });
  return tensorDataset(readSafetensors(bytes, spec.file, DATASET), spec);
}

/** A dataset from tensors. */
export function tensorDataset(
  { tensors }: Pick<TensorFile, 'tensors'>,
  spec: TensorDatasetSpec,
): Dataset {
  const { file, kind, inputs, outputs } = spec;
  checkNames([...tensors.keys()], file);
  const found = tensors.get('inputs');
  if (found === undefined) throw missing(file, 'inputs');
  const [count = 0, length = 0, width = 1] = found.shape;
  checkInputs(found, spec);
  const labels = tensors.get('labels');
  if (labels !== undefined) {
    if (formatShape(labels.shape) !== formatShape([count])) {
      throw misfit(file, labels, `${formatShape([count])}, one class per sequence`);
    }
    checkClasses(labels.data, outputs, `${file}: labels`);
  }
  const targets = tensors.get('targets');
  const shapes = targetShapes(count, length, spec);
  if (targets !== undefined && !shapes.map(formatShape).includes(formatShape(targets.shape))) {
    throw misfit(file, targets, targetsWanted(shapes));
  }
  return {
    count,
    length,
    inputs,
    sequence: (i) => {
      checkIndex(i, count);
      const steps = found.data.slice(i * length * width, (i + 1) * length * width);
      return kind === 'one_hot' ? oneHot(steps, inputs) : steps;
    },
    label: (i) => {
      checkIndex(i, count);
      return labels?.data[i];
    },
    ...(targets === undefined
      ? {}
      : {
          target: (i: number) => {
            checkIndex(i, count);
            const size = targets.data.length / count;
            return targets.data.slice(i * size, (i + 1) * size);
          },
        }),
  };
}

/** A tensor of another name may hold data that the user expects to be read. */
function checkNames(names: readonly string[], file: string): void {
  const known: readonly string[] = TENSORS;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const absent = TENSORS.filter((name) => !names.includes(name));
  const near = nearest(unknown, absent);
  throw new Qs5Error('E_DATASET', {
    subject: `${file}: ${unknown}`,
    message: `A dataset has no tensor of this name; expected are inputs, and labels or targets.`,
    hint: near === undefined ? 'remove it, or rename it to one of these.' : `rename it to ${near}.`,
  });
}

function missing(file: string, name: TensorName): Qs5Error {
  return new Qs5Error('E_DATASET', {
    subject: `${file}: ${name}`,
    message: 'The tensor is missing.',
    hint: 'name the sequences inputs, [count, length, inputs].',
  });
}

function misfit(file: string, { name, shape }: Tensor, wanted: string): Qs5Error {
  return new Qs5Error('E_DATASET', {
    subject: `${file}: ${name}`,
    message: `The shape is ${formatShape(shape)}; expected ${wanted}.`,
    hint: 'the sizes are those of inputs in this file, and of the model.',
  });
}

function checkInputs(
  { shape, data }: Tensor,
  { file, kind, inputs }: Pick<TensorDatasetSpec, 'file' | 'kind' | 'inputs'>,
): void {
  const fail = (message: string, hint: string) =>
    new Qs5Error('E_DATASET', { subject: `${file}: inputs`, message, hint });
  const [, length = 0, width = 1] = shape;
  const wanted = kind === 'one_hot' ? 1 : inputs;
  if (shape.length < 2 || shape.length > 3 || width !== wanted || data.length === 0) {
    throw fail(
      `The shape is ${formatShape(shape)}; expected [count, length${wanted === 1 ? '' : `, ${wanted}`}], each at least 1.`,
      kind === 'one_hot'
        ? 'give the index of each step.'
        : 'give a value for every input of the model.',
    );
  }
  if (kind === 'values') return;
  const wrong = data.findIndex((index) => !isIndex(index, inputs));
  if (wrong < 0) return;
  throw fail(
    `The index at sequence ${Math.floor(wrong / length)}, step ${wrong % length} is ${data[wrong] ?? NaN}; expected an integer from 0 to ${inputs - 1}, because the model has ${inputs} inputs.`,
    'indices count from 0, one for each input of the model.',
  );
}

/** The allowed shapes of targets. */
function targetShapes(
  count: number,
  length: number,
  { outputs, everyStep }: ModelPorts,
): readonly (readonly number[])[] {
  if (!everyStep) return [[count, outputs]];
  const every = [count, length, outputs];
  return [every, [count, outputs], ...(outputs === 1 ? [[count, length]] : [])];
}

function targetsWanted([first = [], last]: readonly (readonly number[])[]): string {
  return last === undefined
    ? `${formatShape(first)}, one value per output of the model`
    : `${formatShape(first)} of every step, or ${formatShape(last)} of the last step`;
}
