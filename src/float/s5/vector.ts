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

/** Rows that go through the same weights before the next weights are read: they stay in cache. */
const ROW_TILE = 16;

/**
 * Every row of `input` [rows, width] through `weights` [outputs, width]: the result is
 * [rows, outputs], plus `bias` [outputs] where given. Each sum runs over the inputs in order.
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
  // Four outputs of two rows at once: their sums do not wait for each other, and each input and
  // each weight that is read serves several.
  const blocked = outputs - (outputs % 4);
  for (let tile = 0; tile < rows; tile += ROW_TILE) {
    const end = Math.min(rows, tile + ROW_TILE);
    for (let o = 0; o < blocked; o += 4) {
      for (let r = tile; r < end; r += 2) {
        // The last of an odd number of rows goes twice.
        const other = Math.min(r + 1, end - 1);
        twoByFour(input, r, other, width, weights, o, outputs, start, result);
      }
    }
    for (let r = tile; r < end; r++) {
      for (let o = blocked; o < outputs; o++) {
        let sum = at(start, o);
        for (let i = 0; i < width; i++) {
          sum += at(input, r * width + i) * at(weights, o * width + i);
        }
        result[r * outputs + o] = sum;
      }
    }
  }
  return result;
}

/** Outputs o to o + 3 of two rows. */
function twoByFour(
  input: Float64Array,
  row: number,
  other: number,
  width: number,
  weights: Float64Array,
  o: number,
  outputs: number,
  start: Float64Array,
  result: Float64Array,
): void {
  const x0 = row * width;
  const x1 = other * width;
  const w0 = o * width;
  const w1 = w0 + width;
  const w2 = w1 + width;
  const w3 = w2 + width;
  let s0 = at(start, o);
  let s1 = at(start, o + 1);
  let s2 = at(start, o + 2);
  let s3 = at(start, o + 3);
  let [t0, t1, t2, t3] = [s0, s1, s2, s3];
  for (let i = 0; i < width; i++) {
    const x = at(input, x0 + i);
    const y = at(input, x1 + i);
    const a = at(weights, w0 + i);
    const b = at(weights, w1 + i);
    const c = at(weights, w2 + i);
    const d = at(weights, w3 + i);
    s0 += x * a;
    s1 += x * b;
    s2 += x * c;
    s3 += x * d;
    t0 += y * a;
    t1 += y * b;
    t2 += y * c;
    t3 += y * d;
  }
  const y0 = row * outputs + o;
  result[y0] = s0;
  result[y0 + 1] = s1;
  result[y0 + 2] = s2;
  result[y0 + 3] = s3;
  const y1 = other * outputs + o;
  result[y1] = t0;
  result[y1 + 1] = t1;
  result[y1 + 2] = t2;
  result[y1 + 3] = t3;
}
