import { at } from '../../base/at.js';
import { randomStream } from '../../base/random.js';

/** Indices of two disjoint parts of a dataset, ascending. Together they hold every index once. */
export interface Split {
  readonly rest: readonly number[];
  /** The part with `wanted` elements. */
  readonly part: readonly number[];
}

/**
 * Splits labelled elements so that each class has its share of both parts, to one element. A shuffle
 * with a seed decides which elements of a class are in the part.
 *
 * @param labels Class of each element.
 * @param wanted Size of the part, 0 to the number of elements.
 * @param seed Any integer of 32 bits.
 */
export function stratifiedSplit(
  labels: Uint8Array | readonly number[],
  wanted: number,
  seed: number,
): Split {
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > labels.length) {
    throw new RangeError(`a part of ${wanted} of ${labels.length}`);
  }
  const left = quotas(labels, wanted);
  const inPart = new Uint8Array(labels.length);
  for (const i of shuffled(labels.length, seed)) {
    const label = at(labels, i);
    const quota = left.get(label) ?? 0;
    if (quota === 0) continue;
    left.set(label, quota - 1);
    inPart[i] = 1;
  }
  const indices = [...labels.keys()];
  return {
    rest: indices.filter((i) => inPart[i] === 0),
    part: indices.filter((i) => inPart[i] === 1),
  };
}

/**
 * Elements of each class in the part, by largest remainder: the share rounded down, and one more for
 * the classes that lose most by that. Ties go to the smaller class number.
 */
function quotas(labels: Uint8Array | readonly number[], wanted: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const shares = [...counts]
    .map(([label, count]) => {
      const share = count * wanted;
      return { label, whole: Math.floor(share / labels.length), remainder: share % labels.length };
    })
    .sort((a, b) => b.remainder - a.remainder || a.label - b.label);
  const missing = wanted - shares.reduce((sum, { whole }) => sum + whole, 0);
  return new Map(shares.map(({ label, whole }, i) => [label, whole + (i < missing ? 1 : 0)]));
}

/** 0 to count - 1 in an order that depends on the seed alone: Fisher and Yates. */
function shuffled(count: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const { uniform } = randomStream(seed);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    const moved = at(order, i);
    order[i] = at(order, j);
    order[j] = moved;
  }
  return order;
}
