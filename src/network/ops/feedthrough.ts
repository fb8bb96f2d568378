import * as z from 'zod';
import { at } from '../../base/at.js';
import { at as element } from '../../float/s5/vector.js';
import { feedthroughRange } from '../bounds.js';
import type { FeedthroughNode } from '../types.js';
import { alike, sameRange, sized, weightsWithin } from './checks.js';
import { readerOfTwo, shift, width, words } from './fields.js';
import { oneOrEach, scaled } from './scaled.js';
import { idealOf } from './relax.js';
import type { OpSpec } from './spec.js';

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
  weights({ weights, weightWidth, productShift }, ideal) {
    const unit = 2 ** productShift;
    const whole = Array.from(weights, (d) => d * unit);
    return { whole, real: idealOf(ideal, 'weights').weights, width: weightWidth, unit };
  },
  relaxed(node, ideal, { trace }, on) {
    const { weights, sumShift, productShift, length } = node;
    const real = idealOf(ideal, 'weights').weights;
    const factors = on.weights ? Float64Array.from(weights, (d) => d * 2 ** productShift) : real;
    const sumUnit = 2 ** sumShift;
    const u = trace(node.input).data;
    return trace(node.source).data.map(
      (sum, i) => sum * sumUnit + element(factors, i % length) * element(u, i) + 0,
    );
  },
} satisfies OpSpec<FeedthroughNode>;
