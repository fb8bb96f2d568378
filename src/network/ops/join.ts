import * as z from 'zod';
import { at } from '../../float/s5/vector.js';
import type { JoinNode } from '../types.js';
import { sized } from './checks.js';
import { readerOfTwo } from './fields.js';
import { wholeRange } from './ranges.js';
import { perStep, row, stepsOf } from './relax.js';
import type { OpSpec, Trace } from './spec.js';

/** Two vectors of complex states as one: re a, im a, re b, im b of each state in turn. */
export const join = {
  schema: z.strictObject({ op: z.literal('join'), ...readerOfTwo }),
  sources: ({ source, input }) => [source, input],
  problem: ({ length, source, input }, nodeOf) =>
    sized('the vector', length, nodeOf(source).length + nodeOf(input).length),
  elements: wholeRange,
  saturates: false,
  proved: () => true,
  step:
    ({ source, input, length }) =>
    (vectors) =>
      joined(vectors(input), vectors(source), length),
  quantisers: () => [],
  readWeights: () => undefined,
  weights: () => undefined,
  float: ({ source, input }, { trace }) => joinedSteps(trace(input), trace(source)),
  relaxed: ({ source, input }, _real, { trace }) => joinedSteps(trace(input), trace(source)),
} satisfies OpSpec<JoinNode>;

function joinedSteps(a: Trace, b: Trace): Float64Array {
  const length = a.width + b.width;
  return perStep(stepsOf(b), length, (k) => joined(row(a, k), row(b, k), length));
}

function joined(a: Float64Array, b: Float64Array, length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    const from = 2 * Math.floor(i / 4) + (i % 2);
    return i % 4 < 2 ? at(a, from) : at(b, from);
  });
}
