import { roundShift, roundShiftBig } from '../fixed/rounding.js';
import type { LayerNormNode } from '../network/types.js';

/** The formula of `LayerNormNode`, in bigint where a sum of squares may leave 2^53. */
export function layerNorm(node: LayerNormNode): (x: Float64Array) => Float64Array {
  const { length, epsilon, indexBits, frac, outFrac, table, rounding } = node;
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
    const inverse = table[index] ?? 0;
    const shift = frac + k - outFrac;
    return x.map((word) => {
      const centred = length * word - sum;
      const product = centred * inverse;
      return Math.abs(product) < Number.MAX_SAFE_INTEGER
        ? roundShift(product, shift, rounding)
        : Number(roundShiftBig(BigInt(centred) * BigInt(inverse), shift, rounding));
    });
  };
}
