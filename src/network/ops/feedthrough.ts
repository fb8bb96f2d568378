import * as z from 'zod';
import { at, oneOrEach } from '../../base/at.js';
import { at as element } from '../../float/s5/vector.js';
import { feedthroughRange } from '../bounds.js';
import type { FloatFeedthrough } from '../graph/types.js';
import type { FeedthroughNode, Node } from '../types.js';
import { alike, sameRange, sized, weightsWithin } from './checks.js';
import { readerOfTwo, shift, width, words } from './fields.js';
import { scaled } from './scaled.js';
import type { FloatTraces, OpSpec } from './spec.js';

/** y = (sum << sumShift) + ((d * u) << productShift), element by element, exact. */
export const feedthrough = {
  schema: z.strictObject({
    ...{ op: z.literal('feedthrough'), ...readerOfTwo, weights: words, weightWidth: width },
    ...{ sumShift: shift, productShift: shift },
  }),
  sources: ({ source, input }) => [source, input],
  problem(node, nodeOf) {
    const { length, weights, weightWidth, sumShift, productShift, range } = node;
    const [sum, u] = [nodeOf(node.source), nodeOf(node.input)];
    return (
      alike(node, sum) ??
      sized('u', u.length, length) ??
      sized('weights', weights.length, length) ??
      weightsWithin(weights, weightWidth) ??
      sameRange(range, feedthroughRange(sum.range, sumShift, weights, u.range, productShift))
    );
  },
  // Each row of C has bounds of its own, and so has each sum with D.
  elements({ source, input, weights, sumShift, productShift }, { node, elements }) {
    const u = node(input).range;
    return elements(source).map((sum, h) =>
      feedthroughRange(sum, sumShift, weights.subarray(h, h + 1), u, productShift),
    );
  },
  saturates: false,
  proved: () => true,
  step({ source, input, weights, sumShift, productShift }) {
    const sumUnit = 2 ** sumShift;
    const productUnit = 2 ** productShift;
    return (vectors) => {
      const u = vectors(input);
      return vectors(source).map(
        (sum, h) => sum * sumUnit + at(weights, h) * element(u, h) * productUnit + 0,
      );
    };
  },
  quantisers: ({ weightWidth }) => [{ what: 'weights', width: weightWidth }],
  readWeights({ input, weights, productShift, format }, nodeOf) {
    const { scale } = nodeOf(input).format;
    return scaled(
      weights,
      (h) => (oneOrEach(format.scale, h) * 2 ** productShift) / oneOrEach(scale, h),
    );
  },
  weights(node, real, nodeOf) {
    const { weights, weightWidth: bits, productShift } = node;
    const unit = 2 ** productShift;
    const whole = Array.from(weights, (word) => word * unit);
    return { whole, real: inUnits(node, real, nodeOf), width: bits, unit };
  },
  float,
  relaxed(node, real, reading, on) {
    const { weights, sumShift, productShift, length } = node;
    const { trace } = reading;
    const factors = on.weights
      ? Float64Array.from(weights, (d) => d * 2 ** productShift)
      : inUnits(node, real, reading.node);
    const sumUnit = 2 ** sumShift;
    const u = trace(node.input).data;
    return trace(node.source).data.map(
      (sum, i) => sum * sumUnit + element(factors, i % length) * element(u, i) + 0,
    );
  },
} satisfies OpSpec<FeedthroughNode>;

/** The real weights in units of the products, so that exact ones stay exact. */
function inUnits(
  { input, format }: FeedthroughNode,
  { weights }: FloatFeedthrough,
  nodeOf: (id: string) => Node,
): Float64Array {
  const { scale } = nodeOf(input).format;
  return weights.map((value, h) => (value * oneOrEach(scale, h)) / oneOrEach(format.scale, h));
}

function float(
  { source, input, weights, length }: FloatFeedthrough,
  { trace }: FloatTraces,
): Float64Array {
  const [sums, u] = [trace(source).data, trace(input).data];
  const result = new Float64Array(sums.length);
  for (let from = 0; from < sums.length; from += length) {
    for (let h = 0; h < length; h++) {
      const i = from + h;
      result[i] = element(sums, i) + element(weights, h) * element(u, i);
    }
  }
  return result;
}
