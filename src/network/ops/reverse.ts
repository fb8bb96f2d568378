import * as z from 'zod';
import type { ReverseNode } from '../types.js';
import { alike } from './checks.js';
import { reader } from './fields.js';
import { wholeRange } from './ranges.js';
import { perStep, row, stepsOf } from './relax.js';
import type { OpSpec, Trace } from './spec.js';

/** The step at the other end of the sequence. */
export const reverse = {
  schema: z.strictObject({ op: z.literal('reverse'), ...reader }),
  sources: ({ source }) => [source],
  problem: (node, nodeOf) => alike(node, nodeOf(node.source)),
  elements: wholeRange,
  saturates: false,
  proved: () => true,
  // The vector comes from outside the step: from the whole sequence.
  step:
    ({ id }) =>
    (vectors) =>
      vectors(id),
  quantisers: () => [],
  readWeights: () => undefined,
  weights: () => undefined,
  float: ({ source }, { trace }) => reversed(trace(source)),
  relaxed: ({ source }, _real, { trace }) => reversed(trace(source)),
} satisfies OpSpec<ReverseNode>;

function reversed(x: Trace): Float64Array {
  const steps = stepsOf(x);
  return perStep(steps, x.width, (k) => row(x, steps - 1 - k));
}
