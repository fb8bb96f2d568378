import type { Tensor, TensorFile } from '../checkpoint/safetensors.js';
import { formatShape } from '../checkpoint/tensor.js';
import { Qs5Error } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';

/** Takes tensors of known names out of a file. */
export interface TensorReader {
  readonly file: string;
  /** The elements of a tensor that must be there with this shape. */
  readonly take: (name: string, shape: readonly number[]) => Float64Array;
  /** The shape of a tensor that must be there with this many axes, all of at least one element. */
  readonly measure: (name: string, axes: readonly string[]) => readonly number[];
  /** Throws when the file has tensors beyond the expected ones. */
  readonly refuseExtra: () => void;
}

/**
 * @param file Name of the file as messages show it.
 * @param expected Names of all tensors of the model.
 * @param context facts of the file's metadata, as a hint why a tensor is expected or not.
 * All functions throw Qs5Error E_CHECKPOINT_TENSOR naming the tensor.
 */
export function tensorReader(
  source: TensorFile,
  file: string,
  expected: ReadonlySet<string>,
  context: string,
): TensorReader {
  const extra = [...source.tensors.keys()].filter((name) => !expected.has(name));
  const fail = (name: string, message: string, hint: string): Qs5Error =>
    new Qs5Error('E_CHECKPOINT_TENSOR', { message, hint, subject: `${file}: ${name}` });

  const find = (name: string): Tensor => {
    const tensor = source.tensors.get(name);
    if (tensor !== undefined) return tensor;
    const close = nearest(name, extra);
    throw fail(
      name,
      'The tensor is missing.',
      close === undefined ? `${context}.` : `is it "${close}"? ${context}.`,
    );
  };

  return {
    file,
    take: (name, shape) => {
      const tensor = find(name);
      if (formatShape(tensor.shape) !== formatShape(shape)) {
        throw fail(
          name,
          `Expected shape ${formatShape(shape)}, found ${formatShape(tensor.shape)}.`,
          `sizes come from the encoder, the decoder and layer 0; ${context}.`,
        );
      }
      return tensor.data;
    },
    measure: (name, axes) => {
      const { shape } = find(name);
      if (shape.length !== axes.length || shape.some((size) => size < 1)) {
        throw fail(
          name,
          `Expected shape [${axes.join(', ')}], each at least 1, found ${formatShape(shape)}.`,
          'export the parameters with the axes that flax gives them.',
        );
      }
      return shape;
    },
    refuseExtra: () => {
      const [first] = extra;
      if (first === undefined) return;
      const others = extra.length === 1 ? '' : ` (and ${extra.length - 1} more)`;
      throw fail(
        first,
        `The tensor is not part of this model${others}.`,
        `store params and batch_stats only, without optimiser state; ${context}.`,
      );
    },
  };
}
