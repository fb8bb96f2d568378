import * as z from 'zod';
import { at } from '../../base/at.js';
import { roundShift, roundShiftBig } from '../../base/fixed/rounding.js';
import type { LayerNormNode } from '../types.js';
import { alike, sized } from './checks.js';
import { reader, rounding, shift, words } from './fields.js';
import { wholeRange } from './ranges.js';
import { idealOf, perStep, rounded, row, stepsOf } from './relax.js';
import type { OpSpec } from './spec.js';

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
  relaxed(node, ideal, { trace }, on) {
    const { epsilon } = idealOf(ideal, 'layer_norm');
    const { length, outFrac, rounding: rule } = node;
    const exact = normaliser(node);
    const x = trace(node.source);
    return perStep(stepsOf(x), length, (k) => {
      const vector = row(x, k);
      if (on.words && vector.every((word) => Number.isInteger(word))) return exact(vector);
      let [sum, squares] = [0, 0];
      for (const word of vector) {
        sum += word;
        squares += word * word;
      }
      const inverse = 2 ** outFrac / Math.sqrt(length * squares - sum * sum + epsilon);
      return vector.map((word) => {
        const value = (length * word - sum) * inverse;
        return on.words ? rounded(value, rule) : value;
      });
    });
  },
} satisfies OpSpec<LayerNormNode>;

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
