import * as z from 'zod';
import { multiplyAll } from '../../float/s5/activation.js';
import { at } from '../../float/s5/vector.js';
import type { GateNode } from '../types.js';
import { alike, sized } from './checks.js';
import { readerOfTwo } from './fields.js';
import { wholeRange } from './ranges.js';
import { pairwise } from './relax.js';
import type { OpSpec } from './spec.js';

/** y = a * b, element by element, exact. */
export const gate = {
  schema: z.strictObject({ op: z.literal('gate'), ...readerOfTwo }),
  sources: ({ source, input }) => [source, input],
  problem: (node, nodeOf) =>
    alike(node, nodeOf(node.source)) ?? sized('its input', nodeOf(node.input).length, node.length),
  elements: wholeRange,
  saturates: false,
  proved: () => true,
  step:
    ({ source, input }) =>
    (vectors) => {
      const a = vectors(input);
      return vectors(source).map((b, h) => at(a, h) * b + 0);
    },
  quantisers: () => [],
  readWeights: () => undefined,
  weights: () => undefined,
  float: ({ source, input }, { trace }) => multiplyAll(trace(input).data, trace(source).data),
  relaxed: ({ source, input }, _real, { trace }) =>
    pairwise(trace(input), trace(source), (a, b) => a * b + 0),
} satisfies OpSpec<GateNode>;
