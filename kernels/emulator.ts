/**
 * Inner loops of the fast emulator, in AssemblyScript (`npm run kernels`).
 *
 * A buffer holds the vectors of some consecutive time steps as f64, each vector padded to an even
 * number of words, so that pairs need no tail. `n` counts words, padding included, and is even.
 * All words are integers below 2^53 and all arithmetic on them is exact: who calls has proved it.
 */

/** Codes of a rounding. */
const HALF_UP: i32 = 0;
const HALF_EVEN: i32 = 1;
const TOWARD_ZERO: i32 = 2;

// @ts-ignore: a decorator of AssemblyScript.
@inline
function round(v: v128, mode: i32): v128 {
  if (mode == HALF_EVEN) return f64x2.nearest(v);
  if (mode == TOWARD_ZERO) return f64x2.trunc(v);
  if (mode == HALF_UP) return f64x2.floor(f64x2.add(v, f64x2.splat(0.5)));
  return v;
}

/** Added to an integer, it brings its two's complement to the end of the mantissa. */
const MAGIC: f64 = 6755399441055744.0;

/**
 * Words of f64 as i16, 4 steps side by side: for each 8 columns those of one step, then those of
 * the next. `columns` is a multiple of 16. Values after the words of a vector are copied unchanged,
 * and meet weights of 0.
 */
export function narrow(x: usize, stride: i32, out: usize, columns: i32, steps: i32): void {
  const magic = f64x2.splat(MAGIC);
  for (let t = 0; t < steps; t++) {
    let from = x + ((t * stride) << 3);
    let to = out + (((t >> 2) * columns) << 3) + ((t & 3) << 4);
    for (let n = 0; n < columns; n += 8) {
      const a = f64x2.add(v128.load(from), magic);
      const b = f64x2.add(v128.load(from, 16), magic);
      const c = f64x2.add(v128.load(from, 32), magic);
      const d = f64x2.add(v128.load(from, 48), magic);
      const low = v128.shuffle<i32>(a, b, 0, 2, 4, 6);
      const high = v128.shuffle<i32>(c, d, 0, 2, 4, 6);
      v128.store(to, i16x8.narrow_i32x4_s(low, high));
      from += 64;
      to += 64;
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function dot(sum: v128, x: v128, w: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(x, w));
}

/** The sums of the lanes of a and of b, as a pair of f64. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function total(a: v128, b: v128): v128 {
  const halves = i32x4.add(
    v128.shuffle<i32>(a, b, 0, 4, 1, 5),
    v128.shuffle<i32>(a, b, 2, 6, 3, 7),
  );
  const sums = i32x4.add(halves, v128.shuffle<i32>(halves, halves, 2, 3, 0, 1));
  return f64x2.convert_low_i32x4_s(sums);
}

/**
 * Rows times vectors of i16, sums of i32: 2 rows by 4 steps at a time, as `narrow` lays them out;
 * of each 8 columns of weights first those of one row, then those of the other.
 *
 * @param columns a multiple of 16. @param rows padded to 2: the stride of `out`. @param steps padded to 4.
 */
export function matvec16(
  x: usize,
  weights: usize,
  out: usize,
  columns: i32,
  rows: i32,
  steps: i32,
): void {
  const span: usize = columns << 3;
  const outBytes: usize = rows << 3;
  for (let t = 0; t < steps; t += 4) {
    let to = out + t * outBytes;
    let w = weights;
    for (let r = 0; r < rows; r += 2) {
      let a0 = i32x4.splat(0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let b0 = a0;
      let b1 = a0;
      let b2 = a0;
      let b3 = a0;
      const end = x + span;
      for (let p = x; p < end; p += 128) {
        const c = v128.load(w);
        const d = v128.load(w, 16);
        const x0 = v128.load(p);
        a0 = dot(a0, x0, c);
        b0 = dot(b0, x0, d);
        const x1 = v128.load(p, 16);
        a1 = dot(a1, x1, c);
        b1 = dot(b1, x1, d);
        const x2 = v128.load(p, 32);
        a2 = dot(a2, x2, c);
        b2 = dot(b2, x2, d);
        const x3 = v128.load(p, 48);
        a3 = dot(a3, x3, c);
        b3 = dot(b3, x3, d);
        const e = v128.load(w, 32);
        const f = v128.load(w, 48);
        const y0 = v128.load(p, 64);
        a0 = dot(a0, y0, e);
        b0 = dot(b0, y0, f);
        const y1 = v128.load(p, 80);
        a1 = dot(a1, y1, e);
        b1 = dot(b1, y1, f);
        const y2 = v128.load(p, 96);
        a2 = dot(a2, y2, e);
        b2 = dot(b2, y2, f);
        const y3 = v128.load(p, 112);
        a3 = dot(a3, y3, e);
        b3 = dot(b3, y3, f);
        w += 64;
      }
      v128.store(to, total(a0, b0));
      v128.store(to + outBytes, total(a1, b1));
      v128.store(to + 2 * outBytes, total(a2, b2));
      v128.store(to + 3 * outBytes, total(a3, b3));
      to += 16;
    }
    x += span;
  }
}

/** The same of f64: one row by 4 steps at a time; `columns` padded to 2. */
export function matvec64(
  x: usize,
  weights: usize,
  out: usize,
  columns: i32,
  rows: i32,
  steps: i32,
): void {
  const bytes: usize = columns << 3;
  const outBytes: usize = rows << 3;
  for (let t = 0; t < steps; t += 4) {
    const x0 = x + t * bytes;
    const x1 = x0 + bytes;
    const x2 = x1 + bytes;
    const x3 = x2 + bytes;
    let to = out + t * outBytes;
    for (let r = 0; r < rows; r++) {
      const w0 = weights + r * bytes;
      let a0 = f64x2.splat(0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      for (let n: usize = 0; n < bytes; n += 16) {
        const w = v128.load(w0 + n);
        a0 = f64x2.add(a0, f64x2.mul(v128.load(x0 + n), w));
        a1 = f64x2.add(a1, f64x2.mul(v128.load(x1 + n), w));
        a2 = f64x2.add(a2, f64x2.mul(v128.load(x2 + n), w));
        a3 = f64x2.add(a3, f64x2.mul(v128.load(x3 + n), w));
      }
      store<f64>(to, lanes(a0));
      store<f64>(to + outBytes, lanes(a1));
      store<f64>(to + 2 * outBytes, lanes(a2));
      store<f64>(to + 3 * outBytes, lanes(a3));
      to += 8;
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function lanes(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function clip(v: v128, limit: v128): v128 {
  return f64x2.pmax(f64x2.pmin(v, limit), f64x2.neg(limit));
}

/** How many lanes of the pairs added up are set: they count as -1. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function count(sum: v128): i32 {
  return -i32(i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1));
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function rescaled(x: usize, factor: v128, offset: v128, mode: i32): v128 {
  return round(f64x2.add(f64x2.mul(v128.load(x), factor), offset), mode);
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function requantizeMode(
  x: usize,
  factors: usize,
  offsets: usize,
  out: usize,
  stride: i32,
  steps: i32,
  limit: f64,
  mode: i32,
): i32 {
  const max = f64x2.splat(limit);
  const bytes: usize = stride << 3;
  let clipped = i64x2.splat(0);
  let t = 0;
  // Four steps share a factor, and do not wait for each other.
  for (; t + 4 <= steps; t += 4) {
    for (let n: usize = 0; n < bytes; n += 16) {
      const factor = v128.load(factors + n);
      const offset = v128.load(offsets + n);
      let from = x + n;
      const v0 = rescaled(from, factor, offset, mode);
      from += bytes;
      const v1 = rescaled(from, factor, offset, mode);
      from += bytes;
      const v2 = rescaled(from, factor, offset, mode);
      const v3 = rescaled(from + bytes, factor, offset, mode);
      const q0 = clip(v0, max);
      const q1 = clip(v1, max);
      const q2 = clip(v2, max);
      const q3 = clip(v3, max);
      let to = out + n;
      v128.store(to, q0);
      to += bytes;
      v128.store(to, q1);
      to += bytes;
      v128.store(to, q2);
      v128.store(to + bytes, q3);
      clipped = i64x2.add(clipped, i64x2.add(f64x2.ne(q0, v0), f64x2.ne(q1, v1)));
      clipped = i64x2.add(clipped, i64x2.add(f64x2.ne(q2, v2), f64x2.ne(q3, v3)));
    }
    x += 4 * bytes;
    out += 4 * bytes;
  }
  for (; t < steps; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      const v = rescaled(x + n, v128.load(factors + n), v128.load(offsets + n), mode);
      const q = clip(v, max);
      clipped = i64x2.add(clipped, f64x2.ne(q, v));
      v128.store(out + n, q);
    }
    x += bytes;
    out += bytes;
  }
  return count(clipped);
}

/**
 * clip(round(x * factor + offset)), factor and offset per element, already divided by 2^shift.
 * Returns how many words were clipped.
 */
export function requantize(
  x: usize,
  factors: usize,
  offsets: usize,
  out: usize,
  stride: i32,
  steps: i32,
  limit: f64,
  mode: i32,
): i32 {
  if (mode == HALF_UP) {
    return requantizeMode(x, factors, offsets, out, stride, steps, limit, HALF_UP);
  }
  if (mode == HALF_EVEN) {
    return requantizeMode(x, factors, offsets, out, stride, steps, limit, HALF_EVEN);
  }
  return requantizeMode(x, factors, offsets, out, stride, steps, limit, TOWARD_ZERO);
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function recurrenceMode(
  bu: usize,
  direct: usize,
  crossed: usize,
  state: usize,
  out: usize,
  stride: i32,
  steps: i32,
  limit: f64,
  mode: i32,
): i32 {
  const max = f64x2.splat(limit);
  const bytes: usize = stride << 3;
  let clipped = i64x2.splat(0);
  let before = state;
  for (let t = 0; t < steps; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      const x = v128.load(before + n);
      const turned = v128.shuffle<f64>(x, x, 1, 0);
      const product = f64x2.add(
        f64x2.mul(x, v128.load(direct + n)),
        f64x2.mul(turned, v128.load(crossed + n)),
      );
      const v = f64x2.add(round(product, mode), v128.load(bu + n));
      const q = clip(v, max);
      clipped = i64x2.add(clipped, f64x2.ne(q, v));
      v128.store(out + n, q);
    }
    before = out;
    bu += bytes;
    out += bytes;
  }
  memory.copy(state, before, bytes);
  return count(clipped);
}

/**
 * x <- clip(round(lambda x) + bu), a pair of words per state: `direct` has (re, re), `crossed`
 * (-im, im) of each lambda. `state` is x before the first step, and after the last.
 */
export function recurrence(
  bu: usize,
  direct: usize,
  crossed: usize,
  state: usize,
  out: usize,
  stride: i32,
  steps: i32,
  limit: f64,
  mode: i32,
): i32 {
  if (mode == HALF_UP) {
    return recurrenceMode(bu, direct, crossed, state, out, stride, steps, limit, HALF_UP);
  }
  if (mode == HALF_EVEN) {
    return recurrenceMode(bu, direct, crossed, state, out, stride, steps, limit, HALF_EVEN);
  }
  return recurrenceMode(bu, direct, crossed, state, out, stride, steps, limit, TOWARD_ZERO);
}

/** sum * unit + weight * u, weights per element. */
export function feedthrough(
  sum: usize,
  u: usize,
  weights: usize,
  out: usize,
  stride: i32,
  steps: i32,
  unit: f64,
): void {
  const by = f64x2.splat(unit);
  const bytes: usize = stride << 3;
  for (let t = 0; t < steps; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      const product = f64x2.mul(v128.load(u + n), v128.load(weights + n));
      v128.store(out + n, f64x2.add(f64x2.mul(v128.load(sum + n), by), product));
    }
    sum += bytes;
    u += bytes;
    out += bytes;
  }
}

/** a * b. */
export function multiply(a: usize, b: usize, out: usize, n: i32): void {
  const bytes: usize = n << 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(out + i, f64x2.mul(v128.load(a + i), v128.load(b + i)));
  }
}

/** clip(a + b); returns how many words were clipped. */
export function residual(a: usize, b: usize, out: usize, n: i32, limit: f64): i32 {
  const max = f64x2.splat(limit);
  const bytes: usize = n << 3;
  let clipped = i64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = f64x2.add(v128.load(a + i), v128.load(b + i));
    const q = clip(v, max);
    clipped = i64x2.add(clipped, f64x2.ne(q, v));
    v128.store(out + i, q);
  }
  return count(clipped);
}

/** Address of the entry of a word in a table of f64. MAGIC / 8 leaves room for a factor of 8. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function entry(x: usize, mask: i32): usize {
  return i32(reinterpret<i64>(load<f64>(x) + MAGIC / 8)) & mask;
}

/**
 * table[x], negative words at the end of the table, whose mask is 8 * (entries - 1). The padding is
 * left alone: it stays 0.
 */
export function lookup(
  x: usize,
  table: usize,
  out: usize,
  stride: i32,
  length: i32,
  steps: i32,
  mask: i32,
): void {
  const bytes: usize = length << 3;
  for (let t = 0; t < steps; t++) {
    let i: usize = 0;
    for (; i + 32 <= bytes; i += 32) {
      const a = entry(x + i, mask);
      const b = entry(x + i + 8, mask);
      const c = entry(x + i + 16, mask);
      const d = entry(x + i + 24, mask);
      store<f64>(out + i, load<f64>(table + a));
      store<f64>(out + i, load<f64>(table + b), 8);
      store<f64>(out + i, load<f64>(table + c), 16);
      store<f64>(out + i, load<f64>(table + d), 24);
    }
    for (; i < bytes; i += 8) store<f64>(out + i, load<f64>(table + entry(x + i, mask)));
    x += stride << 3;
    out += stride << 3;
  }
}

/** The sum of table[x], as `lookup` addresses it. */
export function lookupSum(
  x: usize,
  table: usize,
  stride: i32,
  length: i32,
  steps: i32,
  mask: i32,
): f64 {
  const bytes: usize = length << 3;
  let sum: f64 = 0;
  for (let t = 0; t < steps; t++) {
    for (let i: usize = 0; i < bytes; i += 8) sum += load<f64>(table + entry(x + i, mask));
    x += stride << 3;
  }
  return sum;
}

/** Row x of a table, the last row for any x beyond the rows; x has a stride of 2. */
export function embed(
  x: usize,
  table: usize,
  out: usize,
  stride: i32,
  steps: i32,
  rows: i32,
): void {
  const bytes: usize = stride << 3;
  for (let t = 0; t < steps; t++) {
    const index = i32(load<f64>(x + (t << 4)));
    const row = index >= 0 && index < rows ? index : rows - 1;
    memory.copy(out + t * bytes, table + row * bytes, bytes);
  }
}

/** Pairs of a and b in turn; n words of each. */
export function join(a: usize, b: usize, out: usize, n: i32): void {
  const bytes: usize = n << 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(out + 2 * i, v128.load(a + i));
    v128.store(out + 2 * i, v128.load(b + i), 16);
  }
}

/**
 * Layer norm of each vector, as `LayerNormNode` has it, where H sum x^2 fits 62 bits, the table's
 * products 52, and the last shift is not negative.
 */
export function layerNorm(
  x: usize,
  table: usize,
  out: usize,
  stride: i32,
  length: i32,
  steps: i32,
  epsilon: i64,
  indexBits: i32,
  shift: i32,
  mode: i32,
): void {
  const bytes: usize = length << 3;
  const h = f64(length);
  for (let t = 0; t < steps; t++) {
    let sum: f64 = 0;
    let squares: i64 = 0;
    for (let i: usize = 0; i < bytes; i += 8) {
      const word = load<f64>(x + i);
      sum += word;
      squares += i64(word) * i64(word);
    }
    const d = i64(length) * squares - i64(sum) * i64(sum) + epsilon;
    const k = i32((63 - clz(d)) >> 1);
    const down = 2 * k - indexBits;
    const scaled = down >= 0 ? d >> i64(down) : d << i64(-down);
    const index = i32(scaled) - (1 << indexBits);
    // 2^-(shift + k), by its exponent.
    const unit = reinterpret<f64>((1023 - i64(shift) - i64(k)) << 52);
    const inverse = f64x2.splat(load<f64>(table + (index << 3)) * unit);
    const mean = f64x2.splat(sum);
    const scale = f64x2.splat(h);
    for (let i: usize = 0; i < bytes; i += 16) {
      const centred = f64x2.sub(f64x2.mul(v128.load(x + i), scale), mean);
      v128.store(out + i, round(f64x2.mul(centred, inverse), mode));
    }
    // The padding of an odd length.
    if ((length & 1) != 0) store<f64>(out + bytes, 0);
    x += stride << 3;
    out += stride << 3;
  }
}

/** Adds every vector to `sum`. */
export function accumulate(x: usize, sum: usize, stride: i32, steps: i32): void {
  const bytes: usize = stride << 3;
  for (let t = 0; t < steps; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      v128.store(sum + n, f64x2.add(v128.load(sum + n), v128.load(x + n)));
    }
    x += bytes;
  }
}
