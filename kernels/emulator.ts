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

/** Words of f64 as i16, `columns` of each of `steps` vectors, from one stride to another. */
export function narrow(
  x: usize,
  stride: i32,
  out: usize,
  outStride: i32,
  columns: i32,
  steps: i32,
): void {
  for (let t = 0; t < steps; t++) {
    const from = x + ((t * stride) << 3);
    const to = out + ((t * outStride) << 1);
    let n = 0;
    for (; n + 8 <= columns; n += 8) {
      const p = from + (n << 3);
      const a = pair(v128.load(p), v128.load(p, 16));
      const b = pair(v128.load(p, 32), v128.load(p, 48));
      v128.store(to + (n << 1), i16x8.narrow_i32x4_s(a, b));
    }
    for (; n < columns; n++) store<i16>(to + (n << 1), i16(load<f64>(from + (n << 3))));
  }
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function pair(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(
    i32x4.trunc_sat_f64x2_s_zero(a),
    i32x4.trunc_sat_f64x2_s_zero(b),
    0,
    1,
    4,
    5,
  );
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
 * Rows times vectors of i16, sums of i32: 2 rows by 4 steps at a time.
 *
 * @param columns padded to 8. @param rows padded to 2: the stride of `out`. @param steps padded to 4.
 */
export function matvec16(
  x: usize,
  weights: usize,
  out: usize,
  columns: i32,
  rows: i32,
  steps: i32,
): void {
  const bytes: usize = columns << 1;
  const outBytes: usize = rows << 3;
  for (let t = 0; t < steps; t += 4) {
    const x0 = x + t * bytes;
    const x1 = x0 + bytes;
    const x2 = x1 + bytes;
    const x3 = x2 + bytes;
    let to = out + t * outBytes;
    for (let r = 0; r < rows; r += 2) {
      const w0 = weights + r * bytes;
      const w1 = w0 + bytes;
      let a0 = i32x4.splat(0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let b0 = a0;
      let b1 = a0;
      let b2 = a0;
      let b3 = a0;
      for (let n: usize = 0; n < bytes; n += 16) {
        const w = v128.load(w0 + n);
        const v = v128.load(w1 + n);
        const p = v128.load(x0 + n);
        a0 = dot(a0, p, w);
        b0 = dot(b0, p, v);
        const q = v128.load(x1 + n);
        a1 = dot(a1, q, w);
        b1 = dot(b1, q, v);
        const s = v128.load(x2 + n);
        a2 = dot(a2, s, w);
        b2 = dot(b2, s, v);
        const u = v128.load(x3 + n);
        a3 = dot(a3, u, w);
        b3 = dot(b3, u, v);
      }
      v128.store(to, total(a0, b0));
      v128.store(to + outBytes, total(a1, b1));
      v128.store(to + 2 * outBytes, total(a2, b2));
      v128.store(to + 3 * outBytes, total(a3, b3));
      to += 16;
    }
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
  for (let t = 0; t < steps; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      const product = f64x2.mul(v128.load(x + n), v128.load(factors + n));
      const v = round(f64x2.add(product, v128.load(offsets + n)), mode);
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

/**
 * table[x], negative words at the end of the table, which has mask + 1 entries. The padding is
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
    for (let i: usize = 0; i < bytes; i += 8) {
      const code = i32(load<f64>(x + i)) & mask;
      store<f64>(out + i, load<f64>(table + (code << 3)));
    }
    x += stride << 3;
    out += stride << 3;
  }
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
