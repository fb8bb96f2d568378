import { at } from '../../base/at.js';
import type { InputNode } from '../../network/types.js';
import type { RelaxedInput } from '../../network/ops/spec.js';

/**
 * One sequence as a probe takes it.
 *
 * @param vectors integer vectors, one per step.
 * @param sequence the real values that they represent, [L, length].
 */
export function probeInput(
  { length, format }: InputNode,
  vectors: readonly Float64Array[],
  sequence: Float64Array,
): RelaxedInput {
  const words = new Float64Array(vectors.length * length);
  vectors.forEach((vector, k) => {
    words.set(vector, k * length);
  });
  const scale = at(format.scale, 0);
  return { words, values: sequence.map((value) => value / scale) };
}
