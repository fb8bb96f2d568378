import { seedOf } from '../../base/draw.js';
import { randomStream } from '../../base/random.js';
import type { Graph, NodeId } from '../graph/graph.js';

/**
 * Dropout masks of one sequence: 0 with probability `rate`, else 1 / (1 - rate). They depend on the
 * seed, the step of the training and the place in the batch only.
 */
export function dropoutMasks(
  { nodes }: Graph,
  rate: number,
  seed: number,
  step: number,
  index: number,
): ReadonlyMap<NodeId, Float64Array> {
  const dropouts = nodes.flatMap(({ op, width }, id) => (op === 'dropout' ? [{ id, width }] : []));
  if (dropouts.length === 0) return new Map();
  const random = randomStream(seedOf(seedOf(seed, step), index));
  return new Map(
    dropouts.map(({ id, width }) => [
      id,
      Float64Array.from({ length: width }, () => (random.uniform() < rate ? 0 : 1 / (1 - rate))),
    ]),
  );
}

/** The numbers 0 to count - 1 in the random order of an epoch. */
export function epochOrder(count: number, seed: number, epoch: number): readonly number[] {
  const random = randomStream(seedOf(seed, -1 - epoch));
  const keys = Array.from({ length: count }, (_, index) => ({ index, key: random.uniform() }));
  return keys.sort((a, b) => a.key - b.key || a.index - b.index).map(({ index }) => index);
}
