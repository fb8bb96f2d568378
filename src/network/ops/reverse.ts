import * as z from 'zod';
import type { ReverseNode } from '../types.js';
import { alike } from './checks.js';
import { reader } from './fields.js';
import { wholeRange } from './ranges.js';
import { perStep, row, stepsOf } from './relax.js';
import type { OpSpec } from './spec.js';

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
  relaxed({ source, length }, _ideal, { trace }) {
    const x = trace(source);
    const steps = stepsOf(x);
    return perStep(steps, length, (k) => row(x, steps - 1 - k));
  },
} satisfies OpSpec<ReverseNode>;
