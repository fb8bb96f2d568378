/** A named array of a checkpoint; all element types become float64. */
export interface Tensor {
  readonly name: string;
  /** Sizes of the axes, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /** Row-major elements, all finite; its length is the product of `shape`. */
  readonly data: Float64Array;
}

export interface TensorFile {
  /** By name, in the order of their bytes in the file. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Free text from the trainer, stored with the tensors. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A shape in messages: `[32, 16, 2]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
