/** Datasets that show another one in part, or in another order. */
import { at } from '../../base/at.js';
import { checkIndex, type Dataset } from './dataset.js';

/** The sequences with these indices, in their order. */
export function subset(dataset: Dataset, indices: readonly number[]): Dataset {
  const { target } = dataset;
  const count = indices.length;
  const inner = (i: number) => {
    checkIndex(i, count);
    return at(indices, i);
  };
  return {
    ...dataset,
    count,
    sequence: (i) => dataset.sequence(inner(i)),
    label: (i) => dataset.label(inner(i)),
    ...(target === undefined ? {} : { target: (i: number) => target(inner(i)) }),
  };
}

/**
 * Each sequence with its steps in another order: step `k` becomes what step `order[k]` was. Labels are
 * the same.
 */
export function reordered(dataset: Dataset, order: readonly number[]): Dataset {
  const { length, inputs } = dataset;
  if (order.length !== length) throw new Error(`an order of ${order.length} for ${length} steps`);
  return {
    ...dataset,
    sequence: (i) => {
      const steps = dataset.sequence(i);
      const moved = new Float64Array(steps.length);
      for (let to = 0; to < length; to++) {
        const from = at(order, to);
        for (let k = 0; k < inputs; k++) moved[to * inputs + k] = at(steps, from * inputs + k);
      }
      return moved;
    },
  };
}

/**
 * The permutation by bit reversal of 0 to count - 1: the numbers below the next power of two in the
 * order of their reversed bits, without those from `count` on. Source: permuted MNIST of HiPPO and S4,
 * `bitreversal_permutation`.
 */
export function bitReversal(count: number): number[] {
  let order = [0];
  for (let size = 1; size < count; size *= 2) {
    // One more bit doubles each reversed number, and the highest bit of an index adds 1.
    order = [...order.map((n) => 2 * n), ...order.map((n) => 2 * n + 1)];
  }
  return order.filter((n) => n < count);
}
