import * as z from 'zod';
import { roundQuotient } from '../../base/fixed/rounding.js';
import { at } from '../../float/s5/vector.js';
import { POOL_MODES, type PoolNode } from '../types.js';
import { alike } from './checks.js';
import { reader, rounding } from './fields.js';
import { wholeRange } from './ranges.js';
import { rounded, row, stepsOf } from './relax.js';
import type { OpSpec, Step, Trace } from './spec.js';

/** One vector per sequence: the mean, or that of the first or last step. */
export const pool = {
  schema: z.strictObject({
    ...{ op: z.literal('pool'), ...reader, mode: z.enum(POOL_MODES), rounding },
  }),
  sources: ({ source }) => [source],
  problem: (node, nodeOf) => alike(node, nodeOf(node.source)),
  elements: wholeRange,
  saturates: false,
  proved: () => true,
  step,
  quantisers: ({ mode, format }) =>
    mode === 'mean' ? [{ what: 'words', width: format.width }] : [],
  readWeights: () => undefined,
  weights: () => undefined,
  float: ({ source, mode }, { trace }) => pooled(trace(source), mode),
  relaxed({ source, mode, rounding: rule }, _real, { trace }, on) {
    const result = pooled(trace(source), mode);
    return mode === 'mean' && on.words ? result.map((mean) => rounded(mean, rule)) : result;
  },
} satisfies OpSpec<PoolNode>;

function pooled(x: Trace, mode: PoolNode['mode']): Float64Array {
  const steps = stepsOf(x);
  if (mode !== 'mean') return row(x, mode === 'first' ? 0 : steps - 1).slice();
  const sum = new Float64Array(x.width);
  for (let k = 0; k < steps; k++) addTo(sum, row(x, k));
  return sum.map((total) => total / steps);
}

function addTo(sum: Float64Array, vector: Float64Array): void {
  vector.forEach((word, h) => (sum[h] = at(sum, h) + word));
}

function step({ source, mode, rounding: rule, length }: PoolNode): Step {
  if (mode !== 'mean') return (vectors, tag) => (tag[mode] ? vectors(source) : undefined);
  const sum = new Float64Array(length);
  let steps = 0;
  return (vectors, { first, last }) => {
    if (first) {
      sum.fill(0);
      steps = 0;
    }
    steps += 1;
    addTo(sum, vectors(source));
    return last ? sum.map((total) => roundQuotient(total, steps, rule)) : undefined;
  };
}
