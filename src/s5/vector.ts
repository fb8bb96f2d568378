/**
 * `values[i]`, which must exist. V8 inlines this and then drops the check against undefined, so
 * that hot loops cost what unchecked ones do; keep it to Float64Array for that reason.
 */
export function at(values: Float64Array, i: number): number {
  const value = values[i];
  if (value === undefined) return outside(values, i);
  return value;
}

function outside(values: Float64Array, i: number): never {
  throw new RangeError(`element ${i} of ${values.length}`);
}

/** Transpose of a row-major [rows, columns] matrix. */
export function transpose(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[c * rows + r] = at(matrix, r * columns + c);
  }
  return result;
}

/**
 * Every row of `input` [rows, width] through `weights` [outputs, width]: the result is
 * [rows, outputs], plus `bias` [outputs] where given.
 */
export function applyRows(
  input: Float64Array,
  rows: number,
  width: number,
  weights: Float64Array,
  outputs: number,
  bias?: Float64Array,
): Float64Array {
  const result = new Float64Array(rows * outputs);
  const start = bias ?? new Float64Array(outputs);
  // Four outputs at once: their sums do not wait for each other, and each input is read once.
  const blocked = outputs - (outputs % 4);
  for (let r = 0; r < rows; r++) {
    const x0 = r * width;
    const y0 = r * outputs;
    for (let o = 0; o < blocked; o += 4) {
      const w0 = o * width;
      const w1 = w0 + width;
      const w2 = w1 + width;
      const w3 = w2 + width;
      let s0 = at(start, o);
      let s1 = at(start, o + 1);
      let s2 = at(start, o + 2);
      let s3 = at(start, o + 3);
      for (let i = 0; i < width; i++) {
        const x = at(input, x0 + i);
        s0 += x * at(weights, w0 + i);
        s1 += x * at(weights, w1 + i);
        s2 += x * at(weights, w2 + i);
        s3 += x * at(weights, w3 + i);
      }
      result[y0 + o] = s0;
      result[y0 + o + 1] = s1;
      result[y0 + o + 2] = s2;
      result[y0 + o + 3] = s3;
    }
    for (let o = blocked; o < outputs; o++) {
      let sum = at(start, o);
      for (let i = 0; i < width; i++) sum += at(input, x0 + i) * at(weights, o * width + i);
      result[y0 + o] = sum;
    }
  }
  return result;
}
