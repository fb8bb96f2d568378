import * as z from 'zod';
import { at } from '../../base/at.js';
import { roundShift, roundShiftBig } from '../../base/fixed/rounding.js';
import type { FloatLayerNorm } from '../graph/types.js';
import type { LayerNormNode } from '../types.js';
import { normalised } from '../../float/s5/norm.js';
import { alike, sized } from './checks.js';
import { reader, rounding, shift, words } from './fields.js';
import { wholeRange } from './ranges.js';
import { floatInWords, perStep, rounded, row, stepsOf } from './relax.js';
import type { FloatTraces, OpSpec } from './spec.js';

/** The vector less its mean, over its standard deviation. */
export const layerNorm = {
  schema: z.strictObject({
    ...{ op: z.literal('layer_norm'), ...reader, epsilon: z.bigint(), indexBits: shift },
    ...{ frac: shift, outFrac: shift, table: words, rounding },
  }),
  sources: ({ source }) => [source],
  problem: (node, nodeOf) =>
    alike(node, nodeOf(node.source)) ?? sized('table', node.table.length, 3 * 2 ** node.indexBits),
  elements: wholeRange,
  saturates: false,
  proved: () => true,
  step(node) {
    const normalise = normaliser(node);
    return (vectors) => normalise(vectors(node.source));
  },
  quantisers: ({ format }) => [{ what: 'words', width: format.width }],
  readWeights: () => undefined,
  weights: () => undefined,
  float,
  relaxed(node, real, reading, on) {
    if (!on.words) return floatInWords(node, real, reading, float);
    const exact = normaliser(node);
    const x = reading.trace(node.source);
    const whole = (vector: Float64Array) => vector.every((word) => Number.isInteger(word));
    const values = whole(x.data) ? x.data : floatInWords(node, real, reading, float);
    return perStep(stepsOf(x), node.length, (k) => {
      const vector = row(x, k);
      return whole(vector)
        ? exact(vector)
        : row({ ...x, data: values }, k).map((value) => rounded(value, node.rounding));
    });
  },
} satisfies OpSpec<LayerNormNode>;

function float({ source, eps }: FloatLayerNorm, { trace }: FloatTraces): Float64Array {
  const x = trace(source);
  return perStep(stepsOf(x), x.width, (k) => normalised(row(x, k), eps));
}

/** The formula of `LayerNormNode`, in bigint where a sum of squares may leave 2^53. */
function normaliser(node: LayerNormNode): (x: Float64Array) => Float64Array {
  const { length, epsilon, indexBits, frac, outFrac, table, rounding: rule } = node;
  return (x) => {
    let sum = 0;
    let squares = 0n;
    for (const word of x) {
      sum += word;
      squares += BigInt(word) * BigInt(word);
    }
    const d = BigInt(length) * squares - BigInt(sum) * BigInt(sum) + epsilon;
    const k = Math.floor((d.toString(2).length - 1) / 2);
    const index = Number((d << BigInt(indexBits)) >> BigInt(2 * k)) - 2 ** indexBits;
    const inverse = at(table, index);
    const by = frac + k - outFrac;
    return x.map((word) => {
      const centred = length * word - sum;
      const product = centred * inverse;
      return Math.abs(product) < Number.MAX_SAFE_INTEGER
        ? roundShift(product, by, rule)
        : Number(roundShiftBig(BigInt(centred) * BigInt(inverse), by, rule));
    });
  };
}
