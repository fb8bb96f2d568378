import { readFile } from 'node:fs/promises';
import { FLOAT_FORMATS } from '../checkpoint/float_formats.js';
import { INTEGER_FORMATS } from '../checkpoint/integer_formats.js';
import { readSafetensors } from '../checkpoint/safetensors.js';
import { formatShape, type Tensor, type TensorFile } from '../checkpoint/tensor.js';
import { Qs5Error } from '../errors.js';
import { checkIndex, type Dataset } from './dataset.js';
import { oneHot } from './one_hot.js';

/** What a tensor file is read for. */
export interface TensorDatasetSpec {
  /** The file as messages show it. */
  readonly file: string;
  /** How steps come: as values, or as the index of the one input that is 1. */
  readonly kind: 'values' | 'one_hot';
  /** Inputs of the model. */
  readonly inputs: number;
}

/**
 * Sequences from a safetensors file:
 *
 * - `inputs`: [count, length, inputs], or [count, length] for a model with one input or of indices;
 * - `labels`: [count], classes from 0; or
 * - `targets`: [count, outputs], or [count, length, outputs] for a model with an output every step.
 *
 * @throws E_FILE, E_CHECKPOINT_FORMAT, E_CHECKPOINT_TENSOR; E_DATASET for tensors that do not fit.
 */
export async function loadTensorDataset(path: string, spec: TensorDatasetSpec): Promise<Dataset> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new Qs5Error('E_FILE', {
      message: `The dataset cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      hint: 'check the path; it is taken relative to the file that names it.',
      subject: spec.file,
    });
  });
  const formats = new Map([...FLOAT_FORMATS, ...INTEGER_FORMATS]);
  return tensorDataset(readSafetensors(bytes, spec.file, formats), spec);
}

/** The same of tensors. */
export function tensorDataset(
  { tensors }: Pick<TensorFile, 'tensors'>,
  { file, kind, inputs }: TensorDatasetSpec,
): Dataset {
  const fail = (name: string, message: string, hint: string) =>
    new Qs5Error('E_DATASET', { subject: `${file}: ${name}`, message, hint });
  const found = tensors.get('inputs');
  if (found === undefined) {
    throw fail(
      'inputs',
      `There is no such tensor; the file has ${[...tensors.keys()].join(', ') || 'none'}.`,
      'call the sequences inputs, [count, length, inputs].',
    );
  }
  const [count = 0, length = 0, width = 1] = found.shape;
  const wanted = kind === 'one_hot' ? 1 : inputs;
  if (
    found.shape.length < 2 ||
    found.shape.length > 3 ||
    width !== wanted ||
    found.data.length === 0
  ) {
    throw fail(
      'inputs',
      `The shape is ${formatShape(found.shape)}; wanted is [count, length${wanted === 1 ? '' : `, ${wanted}`}].`,
      kind === 'one_hot'
        ? 'give the index of each step.'
        : 'give a value for every input of the model.',
    );
  }
  const sequence = (i: number) => {
    checkIndex(i, count);
    const steps = found.data.slice(i * length * width, (i + 1) * length * width);
    return kind === 'one_hot' ? oneHot(steps, inputs) : steps;
  };
  const wrong =
    kind === 'one_hot' ? found.data.find((index) => !isIndex(index, inputs)) : undefined;
  if (wrong !== undefined) {
    throw fail('inputs', `${wrong} is no index of ${inputs} inputs.`, `use 0 to ${inputs - 1}.`);
  }
  const labels = checked(tensors.get('labels'), (tensor) => tensor.shape.length === 1);
  const targets = checked(tensors.get('targets'), ({ shape }) => shape.length > 1);
  const classless = labels?.data.find((label) => !isIndex(label, Infinity));
  if (classless !== undefined) {
    throw fail('labels', `${classless} is no class.`, 'classes count from 0.');
  }
  return {
    count,
    length,
    inputs,
    sequence,
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

  function checked(
    tensor: Tensor | undefined,
    fits: (tensor: Tensor) => boolean,
  ): Tensor | undefined {
    if (tensor === undefined || (tensor.shape[0] === count && fits(tensor))) return tensor;
    throw fail(
      tensor.name,
      `The shape is ${formatShape(tensor.shape)}, for ${count} sequences.`,
      tensor.name === 'labels'
        ? 'give one class per sequence: [count].'
        : 'give [count, outputs], or [count, length, outputs].',
    );
  }
}

function isIndex(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < limit;
}
