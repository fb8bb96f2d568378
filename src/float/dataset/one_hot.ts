import { at } from '../../base/at.js';
/** Sequences of indices: of characters, tokens or events. */

/**
 * One vector per index, with 1 at the index and 0 elsewhere: [indices, width], row-major.
 *
 * @throws RangeError unless every index is an integer from 0 to width - 1.
 */
export function oneHot(indices: ArrayLike<number>, width: number): Float64Array {
  const rows = new Float64Array(indices.length * width);
  for (let k = 0; k < indices.length; k++) {
    const index = at(indices, k);
    if (!Number.isInteger(index) || index < 0 || index >= width) {
      throw new RangeError(`index ${index} of ${width}`);
    }
    rows[k * width + index] = 1;
  }
  return rows;
}

/**
 * The index of each one-hot vector of [L, width].
 *
 * @throws RangeError for a vector that is not one-hot.
 */
export function indicesOf(rows: Float64Array, width: number): number[] {
  return Array.from({ length: rows.length / width }, (_, k) => {
    const row = rows.subarray(k * width, (k + 1) * width);
    const index = row.indexOf(1);
    if (index < 0 || row.some((value, i) => value !== (i === index ? 1 : 0))) {
      throw new RangeError(`step ${k} is not one-hot`);
    }
    return index;
  });
}
