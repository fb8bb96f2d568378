import { signedWidth } from '../fixed/range.js';
import { feedthroughRange } from '../network/bounds.js';
import type { FeedthroughNode, MatvecNode, Node } from '../network/types.js';
import type { NetworkBuilder } from './builder.js';
import { absMax, quantizeValue, weightScale } from './scales.js';

/** Left shifts that bring sum and product to one scale. */
export interface Alignment {
  readonly sumShift: number;
  readonly productShift: number;
}

/** Deepest shift of the sums that makes D any better worth having. */
const MAX_SUM_SHIFT = 8;

/**
 * D as integers at 2^k of the sum's scale, k as small as the word allows: k > 0 shifts the
 * product up to the sum, k < 0 the sum up to the product, by at most `room` bits.
 */
export function alignFeedthrough(
  d: Float64Array,
  sumScale: readonly number[],
  uScale: number,
  width: number,
  room: number,
): Alignment {
  const largest = absMax(Array.from(d, (value, h) => (value * uScale) / (sumScale[h] ?? 1)));
  if (largest === 0) return { sumShift: 0, productShift: 0 };
  const deepest = Math.max(0, Math.min(MAX_SUM_SHIFT, room));
  const k = Math.max(Math.log2(weightScale(largest, width, 'power_of_two')), -deepest);
  return k >= 0 ? { sumShift: 0, productShift: k } : { sumShift: -k, productShift: 0 };
}

/** Puts the D term into the network, beside the real weights that it stands for. */
export function addFeedthrough(
  builder: NetworkBuilder,
  node: FeedthroughNode,
  d: Float64Array,
  uScale: number,
): FeedthroughNode {
  const weights = d.map((value, h) => (value * uScale) / (node.format.scale[h] ?? 1));
  return builder.add(node, { kind: 'weights', weights });
}

/** The D term behind the sums of C. */
export function feedthroughNode(
  id: string,
  d: Float64Array,
  sum: MatvecNode,
  u: Node,
  sumScale: readonly number[],
  { sumShift, productShift }: Alignment,
  width: number,
): FeedthroughNode {
  const uScale = u.format.scale[0] ?? 1;
  const unit = 2 ** (productShift - sumShift);
  const weights = Int32Array.from(d, (value, h) =>
    quantizeValue(value * uScale, (sumScale[h] ?? 1) * unit, width),
  );
  const range = feedthroughRange(sum.range, sumShift, weights, u.range, productShift);
  return {
    op: 'feedthrough',
    id,
    source: sum.id,
    input: u.id,
    length: sum.length,
    weights,
    weightWidth: width,
    sumShift,
    productShift,
    format: {
      width: signedWidth(range),
      scale: sum.format.scale.map((scale) => scale * 2 ** -sumShift),
    },
    range,
  };
}
