import * as z from 'zod';
import { oneOrEach } from '../../base/at.js';
import { applyRows, at } from '../../float/s5/vector.js';
import { dotRange, matvecRange } from '../bounds.js';
import type { FloatMatvec } from '../graph/types.js';
import { MATRIX_ROLES, type MatvecNode, type Node } from '../types.js';
import { sameRange, sized, weightsWithin } from './checks.js';
import { count, reader, width, words } from './fields.js';
import { scaled } from './scaled.js';
import { stepsOf } from './relax.js';
import type { FloatTraces, OpSpec, Step } from './spec.js';

/** y = W x, exact. */
export const matvec = {
  schema: z.strictObject({
    ...{ op: z.literal('matvec'), ...reader, role: z.enum(MATRIX_ROLES), cols: count },
    ...{ weights: words, weightWidth: width },
  }),
  sources: ({ source }) => [source],
  problem({ source: id, cols, length, weights, weightWidth, range }, nodeOf) {
    const source = nodeOf(id);
    return (
      sized('its source', source.length, cols) ??
      sized('weights', weights.length, length * cols) ??
      weightsWithin(weights, weightWidth) ??
      sameRange(range, matvecRange(weights, cols, source.range))
    );
  },
  // Each row has bounds of its own.
  elements({ source, length, cols, weights }, { node }) {
    const x = node(source).range;
    return Array.from({ length }, (_, m) =>
      dotRange(weights.subarray(m * cols, (m + 1) * cols), x),
    );
  },
  saturates: false,
  proved: () => true,
  step,
  quantisers: ({ weightWidth }) => [{ what: 'weights', width: weightWidth }],
  // The scale of a weight is that of the sums of its row over that of the words of its column.
  readWeights({ source, weights, cols, format }, nodeOf) {
    const { scale } = nodeOf(source).format;
    return scaled(
      weights,
      (i) => oneOrEach(format.scale, Math.floor(i / cols)) / oneOrEach(scale, i % cols),
    );
  },
  weights: (node, real, nodeOf) => ({
    ...{ whole: node.weights, width: node.weightWidth, unit: 1 },
    real: inUnits(node, real, nodeOf),
  }),
  float,
  relaxed(node, real, reading, on) {
    const x = reading.trace(node.source);
    const steps = stepsOf(x);
    if (on.weights) {
      return applyRows(x.data, steps, x.width, Float64Array.from(node.weights), node.length);
    }
    const weights = inUnits(node, real, reading.node);
    const offset = real.offset?.map((value, m) => value / oneOrEach(node.format.scale, m));
    return applyRows(x.data, steps, x.width, weights, node.length, offset);
  },
} satisfies OpSpec<MatvecNode>;

/** The real weights in units of the integers, so that exact ones stay exact. */
function inUnits(
  { source, cols, format }: MatvecNode,
  { weights }: FloatMatvec,
  nodeOf: (id: string) => Node,
): Float64Array {
  const { scale } = nodeOf(source).format;
  return weights.map(
    (value, i) =>
      (value * oneOrEach(scale, i % cols)) / oneOrEach(format.scale, Math.floor(i / cols)),
  );
}

function float({ source, length, weights, offset }: FloatMatvec, { trace }: FloatTraces) {
  const x = trace(source);
  return applyRows(x.data, stepsOf(x), x.width, weights, length, offset);
}

function step(node: MatvecNode): Step {
  const weights = Float64Array.from(node.weights);
  const { length, cols } = node;
  return (vectors) => {
    const x = vectors(node.source);
    const y = new Float64Array(length);
    const even = cols - (cols % 2);
    for (let row = 0; row < length; row++) {
      // Two sums that do not wait for each other; exact, so their order is of no matter.
      let a = 0;
      let b = 0;
      const from = row * cols;
      for (let col = 0; col < even; col += 2) {
        a += at(weights, from + col) * at(x, col);
        b += at(weights, from + col + 1) * at(x, col + 1);
      }
      if (even < cols) a += at(weights, from + even) * at(x, even);
      y[row] = a + b + 0;
    }
    return y;
  };
}
