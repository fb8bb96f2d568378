import * as z from 'zod';
import { maxMagnitude, saturateTo } from '../../base/fixed/range.js';
import { addAll } from '../../float/s5/activation.js';
import { at } from '../../float/s5/vector.js';
import type { ResidualNode } from '../types.js';
import { alike, sized } from './checks.js';
import { readerOfTwo } from './fields.js';
import { wholeRange } from './ranges.js';
import { clip, pairwise } from './relax.js';
import type { OpSpec } from './spec.js';

/** y = saturate(skip + branch), all at the scale of the residual stream. */
export const residual = {
  schema: z.strictObject({ op: z.literal('residual'), ...readerOfTwo }),
  sources: ({ source, input }) => [source, input],
  problem: (node, nodeOf) =>
    alike(node, nodeOf(node.source)) ?? sized('its input', nodeOf(node.input).length, node.length),
  elements: wholeRange,
  saturates: true,
  proved({ source, input, format }, { node }) {
    const max = maxMagnitude(format.width);
    const [branch, skip] = [node(source).range, node(input).range];
    return branch.lo + skip.lo >= -max && branch.hi + skip.hi <= max;
  },
  step({ source, input, format }, onClip) {
    const saturate = saturateTo(format.width, onClip);
    return (vectors) => {
      const skip = vectors(input);
      return vectors(source).map((branch, h) => saturate(at(skip, h) + branch));
    };
  },
  quantisers: ({ format }) => [{ what: 'words', width: format.width }],
  readWeights: () => undefined,
  weights: () => undefined,
  float: ({ source, input }, { trace }) => addAll(trace(input).data, trace(source).data),
  relaxed({ source, input, format }, _real, { trace }, on) {
    const max = on.words ? maxMagnitude(format.width) : Infinity;
    return pairwise(trace(input), trace(source), (skip, branch) => clip(skip + branch, max));
  },
} satisfies OpSpec<ResidualNode>;
