/**
 * Inner loops of training in float32, in AssemblyScript (`npm run kernels`).
 *
 * A place holds rows of f32, each padded to a multiple of 4 words. `width`, `inputs`, `outputs` and
 * `n` count words, padding included. src/train/ops/ defines the operations. Gradients are added.
 */

// @ts-ignore: a decorator of AssemblyScript.
@inline
function madd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** Adds to the 4 words at `to`. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function addTo(to: usize, v: v128): void {
  v128.store(to, f32x4.add(v128.load(to), v));
}

/**
 * out = x w + start for every row; x [rows, inner], w [inner, outer]. `start` has a row of words
 * for all rows, or with `each` one for each row, and may then be `out` itself.
 */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function multiplyRows(
  x: usize,
  w: usize,
  start: usize,
  out: usize,
  rows: i32,
  inner: i32,
  outer: i32,
  each: bool,
): void {
  const inBytes: usize = inner << 2;
  const outBytes: usize = outer << 2;
  let t = 0;
  for (; t + 4 <= rows; t += 4) {
    let o: usize = 0;
    for (; o + 32 <= outBytes; o += 32) {
      const s0 = start + o;
      const s1 = each ? s0 + outBytes : s0;
      const s2 = each ? s1 + outBytes : s0;
      const s3 = each ? s2 + outBytes : s0;
      let a0 = v128.load(s0);
      let b0 = v128.load(s0, 16);
      let a1 = v128.load(s1);
      let b1 = v128.load(s1, 16);
      let a2 = v128.load(s2);
      let b2 = v128.load(s2, 16);
      let a3 = v128.load(s3);
      let b3 = v128.load(s3, 16);
      let row = w + o;
      const end = x + inBytes;
      for (let p = x; p < end; p += 4) {
        const c = v128.load(row);
        const d = v128.load(row, 16);
        let q = p;
        const x0 = v128.load32_splat(q);
        a0 = madd(a0, x0, c);
        b0 = madd(b0, x0, d);
        q += inBytes;
        const x1 = v128.load32_splat(q);
        a1 = madd(a1, x1, c);
        b1 = madd(b1, x1, d);
        q += inBytes;
        const x2 = v128.load32_splat(q);
        a2 = madd(a2, x2, c);
        b2 = madd(b2, x2, d);
        q += inBytes;
        const x3 = v128.load32_splat(q);
        a3 = madd(a3, x3, c);
        b3 = madd(b3, x3, d);
        row += outBytes;
      }
      let to = out + o;
      v128.store(to, a0);
      v128.store(to, b0, 16);
      to += outBytes;
      v128.store(to, a1);
      v128.store(to, b1, 16);
      to += outBytes;
      v128.store(to, a2);
      v128.store(to, b2, 16);
      to += outBytes;
      v128.store(to, a3);
      v128.store(to, b3, 16);
    }
    for (; o < outBytes; o += 16) {
      for (let r: usize = 0; r < 4; r++) {
        const s = start + o + (each ? r * outBytes : 0);
        v128.store(out + r * outBytes + o, rowByColumn(x + r * inBytes, w + o, s, inBytes, outBytes));
      }
    }
    x += inBytes << 2;
    out += outBytes << 2;
    if (each) start += outBytes << 2;
  }
  for (; t < rows; t++) {
    for (let o: usize = 0; o < outBytes; o += 16) {
      v128.store(out + o, rowByColumn(x, w + o, start + o, inBytes, outBytes));
    }
    x += inBytes;
    out += outBytes;
    if (each) start += outBytes;
  }
}

/** 4 sums of one row. */
function rowByColumn(x: usize, w: usize, start: usize, inBytes: usize, outBytes: usize): v128 {
  let sum = v128.load(start);
  const end = x + inBytes;
  for (let p = x; p < end; p += 4) {
    sum = madd(sum, v128.load32_splat(p), v128.load(w));
    w += outBytes;
  }
  return sum;
}

/** out = x w + bias, w [inputs, outputs]. */
export function matvec(
  x: usize,
  w: usize,
  bias: usize,
  out: usize,
  rows: i32,
  inputs: i32,
  outputs: i32,
): void {
  multiplyRows(x, w, bias, out, rows, inputs, outputs, false);
}

/** dX += dOut w, w [outputs, inputs]. */
export function matvecInputGradient(
  w: usize,
  dOut: usize,
  dX: usize,
  rows: i32,
  inputs: i32,
  outputs: i32,
): void {
  multiplyRows(dOut, w, dX, dX, rows, outputs, inputs, true);
}

/** dW += dOut^T x, dW [outputs, inputs]: 4 outputs by 8 inputs at a time. */
export function matvecWeightGradient(
  x: usize,
  dOut: usize,
  dW: usize,
  rows: i32,
  inputs: i32,
  outputs: i32,
): void {
  const inBytes: usize = inputs << 2;
  const outBytes: usize = outputs << 2;
  const end = x + usize(rows) * inBytes;
  for (let o: usize = 0; o < outBytes; o += 16) {
    const top = dW + (o >> 2) * inBytes;
    let i: usize = 0;
    for (; i + 32 <= inBytes; i += 32) {
      let to = top + i;
      let a0 = v128.load(to);
      let b0 = v128.load(to, 16);
      to += inBytes;
      let a1 = v128.load(to);
      let b1 = v128.load(to, 16);
      to += inBytes;
      let a2 = v128.load(to);
      let b2 = v128.load(to, 16);
      to += inBytes;
      let a3 = v128.load(to);
      let b3 = v128.load(to, 16);
      let d = dOut + o;
      for (let p = x; p < end; p += inBytes) {
        const c = v128.load(p + i);
        const e = v128.load(p + i, 16);
        const d0 = v128.load32_splat(d);
        a0 = madd(a0, d0, c);
        b0 = madd(b0, d0, e);
        const d1 = v128.load32_splat(d, 4);
        a1 = madd(a1, d1, c);
        b1 = madd(b1, d1, e);
        const d2 = v128.load32_splat(d, 8);
        a2 = madd(a2, d2, c);
        b2 = madd(b2, d2, e);
        const d3 = v128.load32_splat(d, 12);
        a3 = madd(a3, d3, c);
        b3 = madd(b3, d3, e);
        d += outBytes;
      }
      to = top + i;
      v128.store(to, a0);
      v128.store(to, b0, 16);
      to += inBytes;
      v128.store(to, a1);
      v128.store(to, b1, 16);
      to += inBytes;
      v128.store(to, a2);
      v128.store(to, b2, 16);
      to += inBytes;
      v128.store(to, a3);
      v128.store(to, b3, 16);
    }
    for (; i < inBytes; i += 16) {
      let to = top + i;
      let a0 = v128.load(to);
      let a1 = v128.load(to + inBytes);
      let a2 = v128.load(to + 2 * inBytes);
      let a3 = v128.load(to + 3 * inBytes);
      let d = dOut + o;
      for (let p = x; p < end; p += inBytes) {
        const c = v128.load(p + i);
        a0 = madd(a0, v128.load32_splat(d), c);
        a1 = madd(a1, v128.load32_splat(d, 4), c);
        a2 = madd(a2, v128.load32_splat(d, 8), c);
        a3 = madd(a3, v128.load32_splat(d, 12), c);
        d += outBytes;
      }
      v128.store(to, a0);
      v128.store(to + inBytes, a1);
      v128.store(to + 2 * inBytes, a2);
      v128.store(to + 3 * inBytes, a3);
    }
  }
}

/** Words of 0. */
export function clear(x: usize, n: i32): void {
  memory.fill(x, 0, n << 2);
}

/** to += weight times every row of x. */
export function pool(x: usize, to: usize, weight: f32, rows: i32, width: i32): void {
  const bytes: usize = width << 2;
  const by = f32x4.splat(weight);
  const end = x + usize(rows) * bytes;
  for (let n: usize = 0; n < bytes; n += 16) {
    let sum = f32x4.splat(0);
    for (let p = x; p < end; p += bytes) sum = f32x4.add(sum, v128.load(p + n));
    addTo(to + n, f32x4.mul(sum, by));
  }
}

/** Every row of dX += weight times dOut. */
export function poolGradient(dOut: usize, dX: usize, weight: f32, rows: i32, width: i32): void {
  const bytes: usize = width << 2;
  const by = f32x4.splat(weight);
  for (let t = 0; t < rows; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      addTo(dX + n, f32x4.mul(v128.load(dOut + n), by));
    }
    dX += bytes;
  }
}

/** (im, re) of the states in v. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function turned(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 1, 0, 3, 2);
}

/** (re, re) of the states in v. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function real(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 0, 0, 2, 2);
}

/** (-im, im) of the states in v. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function crossed(v: v128): v128 {
  return f32x4.mul(v128.shuffle<f32>(v, v, 1, 1, 3, 3), f32x4(-1, 1, -1, 1));
}

export function recurrence(
  drive: usize,
  lambda: usize,
  carry: usize,
  out: usize,
  rows: i32,
  width: i32,
): void {
  const bytes: usize = width << 2;
  let before = carry;
  for (let t = 0; t < rows; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      const pole = v128.load(lambda + n);
      const x = v128.load(before + n);
      const sum = madd(v128.load(drive + n), turned(x), crossed(pole));
      v128.store(out + n, madd(sum, x, real(pole)));
    }
    before = out;
    drive += bytes;
    out += bytes;
  }
  memory.copy(carry, before, bytes);
}

export function recurrenceGradient(
  lambda: usize,
  before: usize,
  out: usize,
  dOut: usize,
  carry: usize,
  dDrive: usize,
  dLambda: usize,
  rows: i32,
  width: i32,
): void {
  const bytes: usize = width << 2;
  const signs = f32x4(-1, 1, -1, 1);
  for (let t = rows - 1; t >= 0; t--) {
    const row = usize(t) * bytes;
    const past = t == 0 ? before : out + row - bytes;
    for (let n: usize = 0; n < bytes; n += 16) {
      const pole = v128.load(lambda + n);
      const after = v128.load(carry + n);
      const sum = madd(v128.load(dOut + row + n), after, real(pole));
      const a = f32x4.sub(sum, f32x4.mul(turned(after), crossed(pole)));
      v128.store(carry + n, a);
      addTo(dDrive + row + n, a);
      const x = v128.load(past + n);
      // conj(x) a: re = ar xr + ai xi, im = ai xr - ar xi.
      const direct = f32x4.mul(a, x);
      const cross = f32x4.mul(f32x4.mul(a, turned(x)), signs);
      const left = v128.shuffle<f32>(direct, cross, 0, 4, 2, 6);
      const right = v128.shuffle<f32>(direct, cross, 1, 5, 3, 7);
      addTo(dLambda + n, f32x4.add(left, right));
    }
  }
}

export function feedthrough(
  sum: usize,
  u: usize,
  d: usize,
  out: usize,
  rows: i32,
  width: i32,
): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      v128.store(out + n, madd(v128.load(sum + n), v128.load(u + n), v128.load(d + n)));
    }
    sum += bytes;
    u += bytes;
    out += bytes;
  }
}

export function feedthroughGradient(
  u: usize,
  d: usize,
  dOut: usize,
  dSum: usize,
  dU: usize,
  dD: usize,
  rows: i32,
  width: i32,
): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      const slope = v128.load(dOut + n);
      addTo(dSum + n, slope);
      addTo(dU + n, f32x4.mul(slope, v128.load(d + n)));
      addTo(dD + n, f32x4.mul(slope, v128.load(u + n)));
    }
    u += bytes;
    dOut += bytes;
    dSum += bytes;
    dU += bytes;
  }
}

/** out = a b, b one row for all rows. */
export function scale(a: usize, b: usize, out: usize, rows: i32, width: i32): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      v128.store(out + n, f32x4.mul(v128.load(a + n), v128.load(b + n)));
    }
    a += bytes;
    out += bytes;
  }
}

/** out += a b, b one row for all rows. */
export function scaleGradient(a: usize, b: usize, out: usize, rows: i32, width: i32): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      addTo(out + n, f32x4.mul(v128.load(a + n), v128.load(b + n)));
    }
    a += bytes;
    out += bytes;
  }
}

export function gate(a: usize, b: usize, out: usize, n: i32): void {
  const bytes: usize = n << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(out + i, f32x4.mul(v128.load(a + i), v128.load(b + i)));
  }
}

export function gateGradient(
  a: usize,
  b: usize,
  dOut: usize,
  dA: usize,
  dB: usize,
  n: i32,
): void {
  const bytes: usize = n << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const slope = v128.load(dOut + i);
    addTo(dA + i, f32x4.mul(slope, v128.load(b + i)));
    addTo(dB + i, f32x4.mul(slope, v128.load(a + i)));
  }
}

export function residual(a: usize, b: usize, out: usize, n: i32): void {
  const bytes: usize = n << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(out + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
  }
}

export function residualGradient(dOut: usize, dA: usize, dB: usize, n: i32): void {
  const bytes: usize = n << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const slope = v128.load(dOut + i);
    addTo(dA + i, slope);
    addTo(dB + i, slope);
  }
}

export function reverse(x: usize, out: usize, rows: i32, width: i32): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t++) memory.copy(out + usize(t) * bytes, x + usize(rows - 1 - t) * bytes, bytes);
}

export function reverseGradient(dOut: usize, dX: usize, rows: i32, width: i32): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t++) {
    const from = dOut + usize(rows - 1 - t) * bytes;
    for (let n: usize = 0; n < bytes; n += 16) addTo(dX + n, v128.load(from + n));
    dX += bytes;
  }
}

/** Added to a number below 2^22, it rounds to an integer in the low bits of the mantissa. */
const MAGIC: f32 = 12582912;

/** exp of numbers from -87 to 87, those beyond cut off there; relative error below 2e-7. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function exp(v: v128): v128 {
  const magic = f32x4.splat(MAGIC);
  const x = clipped(v, -87, 87);
  // x = n ln 2 + r. The first part of ln 2 has few bits, so that n times it is exact.
  const shifted = madd(magic, x, f32x4.splat(1.44269504));
  const n = f32x4.sub(shifted, magic);
  let r = madd(x, n, f32x4.splat(-0.693359375));
  r = madd(r, n, f32x4.splat(2.12194440e-4));
  // Taylor series to r^6 for |r| <= ln 2 / 2; the next term is below 1.2e-7.
  let p = f32x4.splat(1.0 / 720);
  p = madd(f32x4.splat(1.0 / 120), p, r);
  p = madd(f32x4.splat(1.0 / 24), p, r);
  p = madd(f32x4.splat(1.0 / 6), p, r);
  p = madd(f32x4.splat(0.5), p, r);
  p = madd(f32x4.splat(1), p, r);
  p = madd(f32x4.splat(1), p, r);
  // 2^n times p, by the exponent.
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function logistic(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function clipped(x: v128, low: f32, high: f32): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(low)), f32x4.splat(high));
}

/** 2 sqrt(2 / pi): a GELU is x sigmoid(C x + C 0.044715 x^3). */
const C: f32 = 1.5957691216;

function gelu(x: usize, out: usize, slope: usize, bytes: usize): void {
  const one = f32x4.splat(1);
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const square = f32x4.mul(v, v);
    const cubic = madd(f32x4.splat(C), f32x4.splat(C * 0.044715), square);
    const s = logistic(f32x4.mul(v, cubic));
    const y = f32x4.mul(v, s);
    const inner = madd(f32x4.splat(C), f32x4.splat(3 * C * 0.044715), square);
    v128.store(out + i, y);
    v128.store(slope + i, madd(s, f32x4.mul(y, f32x4.sub(one, s)), inner));
  }
}

/**
 * x times the normal distribution up to x, whose absolute error is below 1e-7.
 *
 * Source: Abramowitz and Stegun, 7.1.26.
 */
function erfGelu(x: usize, out: usize, slope: usize, bytes: usize): void {
  const one = f32x4.splat(1);
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const density = exp(f32x4.mul(f32x4.mul(v, v), f32x4.splat(-0.5)));
    const size = f32x4.mul(f32x4.abs(v), f32x4.splat(0.70710678));
    const t = f32x4.div(one, madd(one, f32x4.splat(0.3275911), size));
    let p = f32x4.splat(1.061405429);
    p = madd(f32x4.splat(-1.453152027), p, t);
    p = madd(f32x4.splat(1.421413741), p, t);
    p = madd(f32x4.splat(-0.284496736), p, t);
    p = madd(f32x4.splat(0.254829592), p, t);
    const tail = f32x4.mul(f32x4.mul(f32x4.mul(p, t), density), f32x4.splat(0.5));
    const below = f32x4.lt(v, f32x4.splat(0));
    const normal = v128.bitselect(tail, f32x4.sub(one, tail), below);
    v128.store(out + i, f32x4.mul(v, normal));
    v128.store(slope + i, madd(normal, v, f32x4.mul(density, f32x4.splat(0.3989422804))));
  }
}

function qGelu(x: usize, out: usize, slope: usize, bytes: usize): void {
  const one = f32x4.splat(1);
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const part = clipped(f32x4.add(v, f32x4.splat(2)), 0, 4);
    v128.store(out + i, f32x4.mul(f32x4.mul(v, part), f32x4.splat(0.25)));
    const middle = f32x4.mul(f32x4.add(v, one), f32x4.splat(0.5));
    const upper = v128.bitselect(middle, one, f32x4.lt(v, f32x4.splat(2)));
    v128.store(slope + i, v128.and(upper, f32x4.ge(v, f32x4.splat(-2))));
  }
}

function sigmoid(x: usize, out: usize, slope: usize, bytes: usize): void {
  const one = f32x4.splat(1);
  for (let i: usize = 0; i < bytes; i += 16) {
    const s = logistic(v128.load(x + i));
    v128.store(out + i, s);
    v128.store(slope + i, f32x4.mul(s, f32x4.sub(one, s)));
  }
}

function hardSigmoid(x: usize, out: usize, slope: usize, bytes: usize): void {
  const sixth = f32x4.splat(1.0 / 6);
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    v128.store(out + i, f32x4.mul(clipped(f32x4.add(v, f32x4.splat(3)), 0, 6), sixth));
    const inside = v128.and(f32x4.ge(v, f32x4.splat(-3)), f32x4.lt(v, f32x4.splat(3)));
    v128.store(slope + i, v128.and(sixth, inside));
  }
}

/** @param f 0 GELU, 1 GELU by the error function, 2 q_gelu, 3 sigmoid, 4 hard sigmoid. */
export function lookup(f: i32, x: usize, out: usize, slope: usize, n: i32): void {
  const bytes: usize = n << 2;
  if (f == 0) gelu(x, out, slope, bytes);
  else if (f == 1) erfGelu(x, out, slope, bytes);
  else if (f == 2) qGelu(x, out, slope, bytes);
  else if (f == 3) sigmoid(x, out, slope, bytes);
  else hardSigmoid(x, out, slope, bytes);
}

export function lookupGradient(slope: usize, dOut: usize, dX: usize, n: i32): void {
  const bytes: usize = n << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    addTo(dX + i, f32x4.mul(v128.load(slope + i), v128.load(dOut + i)));
  }
}

/** The lower 2 words of v as f64. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function low(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

/** The upper 2 words of v as f64. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3));
}

/** Sums of f64 per word of a row: `width` of x, then `width` of x^2. */
export function batchSums(x: usize, sums: usize, rows: i32, width: i32): void {
  const bytes: usize = width << 2;
  const squares = sums + (bytes << 1);
  const end = x + usize(rows) * bytes;
  for (let n: usize = 0; n < bytes; n += 16) {
    const to = n << 1;
    let a = v128.load(sums + to);
    let b = v128.load(sums + to, 16);
    let c = v128.load(squares + to);
    let d = v128.load(squares + to, 16);
    for (let p = x + n; p < end; p += bytes) {
      const v = v128.load(p);
      const l = low(v);
      const h = high(v);
      a = f64x2.add(a, l);
      b = f64x2.add(b, h);
      c = f64x2.add(c, f64x2.mul(l, l));
      d = f64x2.add(d, f64x2.mul(h, h));
    }
    v128.store(sums + to, a);
    v128.store(sums + to, b, 16);
    v128.store(squares + to, c);
    v128.store(squares + to, d, 16);
  }
}

export function batchNorm(
  x: usize,
  mean: usize,
  inverse: usize,
  scale: usize,
  bias: usize,
  out: usize,
  rows: i32,
  width: i32,
): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      const centred = f32x4.sub(v128.load(x + n), v128.load(mean + n));
      const gain = f32x4.mul(v128.load(inverse + n), v128.load(scale + n));
      v128.store(out + n, madd(v128.load(bias + n), centred, gain));
    }
    x += bytes;
    out += bytes;
  }
}

/** Sums of f64 per word of a row: `width` of dOut, then `width` of dOut (x - mean) inverse. */
export function batchNormSums(
  x: usize,
  mean: usize,
  inverse: usize,
  dOut: usize,
  sums: usize,
  rows: i32,
  width: i32,
): void {
  const bytes: usize = width << 2;
  const products = sums + (bytes << 1);
  const end = usize(rows) * bytes;
  for (let n: usize = 0; n < bytes; n += 16) {
    const to = n << 1;
    const centre = v128.load(mean + n);
    const by = v128.load(inverse + n);
    let a = v128.load(sums + to);
    let b = v128.load(sums + to, 16);
    let c = v128.load(products + to);
    let d = v128.load(products + to, 16);
    for (let p = n; p < end; p += bytes) {
      const slope = v128.load(dOut + p);
      const centred = f32x4.mul(f32x4.sub(v128.load(x + p), centre), by);
      const l = low(slope);
      const h = high(slope);
      a = f64x2.add(a, l);
      b = f64x2.add(b, h);
      c = f64x2.add(c, f64x2.mul(l, low(centred)));
      d = f64x2.add(d, f64x2.mul(h, high(centred)));
    }
    v128.store(sums + to, a);
    v128.store(sums + to, b, 16);
    v128.store(products + to, c);
    v128.store(products + to, d, 16);
  }
}

export function batchNormGradient(
  x: usize,
  mean: usize,
  inverse: usize,
  scale: usize,
  meanSlope: usize,
  meanProduct: usize,
  dOut: usize,
  dX: usize,
  rows: i32,
  width: i32,
): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      const by = v128.load(inverse + n);
      const centred = f32x4.mul(f32x4.sub(v128.load(x + n), v128.load(mean + n)), by);
      const part = f32x4.mul(centred, v128.load(meanProduct + n));
      const own = f32x4.sub(f32x4.sub(v128.load(dOut + n), v128.load(meanSlope + n)), part);
      addTo(dX + n, f32x4.mul(own, f32x4.mul(by, v128.load(scale + n))));
    }
    x += bytes;
    dOut += bytes;
    dX += bytes;
  }
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function lanes(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The mean of the words of a row. Its padding is 0. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function rowMean(x: usize, bytes: usize, length: f32): f32 {
  let sum = f32x4.splat(0);
  for (let n: usize = 0; n < bytes; n += 16) sum = f32x4.add(sum, v128.load(x + n));
  return lanes(sum) / length;
}

/** 1 / deviation of a row; `padding` words behind it count as well, and are taken off. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function rowInverse(x: usize, bytes: usize, mean: f32, length: f32, padding: f32, eps: f32): f32 {
  const centre = f32x4.splat(mean);
  let sum = f32x4.splat(0);
  for (let n: usize = 0; n < bytes; n += 16) {
    const centred = f32x4.sub(v128.load(x + n), centre);
    sum = madd(sum, centred, centred);
  }
  const variance = (lanes(sum) - padding * mean * mean) / length;
  return 1 / Mathf.sqrt(Mathf.max(variance, 0) + eps);
}

export function layerNorm(
  x: usize,
  scale: usize,
  bias: usize,
  out: usize,
  rows: i32,
  width: i32,
  length: i32,
  eps: f32,
): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t++) {
    const mean = rowMean(x, bytes, f32(length));
    const inverse = rowInverse(x, bytes, mean, f32(length), f32(width - length), eps);
    for (let n: usize = 0; n < bytes; n += 16) {
      const centred = f32x4.sub(v128.load(x + n), f32x4.splat(mean));
      const gain = f32x4.mul(f32x4.splat(inverse), v128.load(scale + n));
      v128.store(out + n, madd(v128.load(bias + n), centred, gain));
    }
    x += bytes;
    out += bytes;
  }
}

export function layerNormGradient(
  x: usize,
  scale: usize,
  dOut: usize,
  dX: usize,
  dScale: usize,
  dBias: usize,
  rows: i32,
  width: i32,
  length: i32,
  eps: f32,
): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t++) {
    const mean = rowMean(x, bytes, f32(length));
    const inverse = rowInverse(x, bytes, mean, f32(length), f32(width - length), eps);
    const centre = f32x4.splat(mean);
    const by = f32x4.splat(inverse);
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    for (let n: usize = 0; n < bytes; n += 16) {
      const slope = v128.load(dOut + n);
      const centred = f32x4.mul(f32x4.sub(v128.load(x + n), centre), by);
      addTo(dScale + n, f32x4.mul(slope, centred));
      addTo(dBias + n, slope);
      const own = f32x4.mul(slope, v128.load(scale + n));
      sum = f32x4.add(sum, own);
      product = madd(product, own, centred);
    }
    const meanOwn = f32x4.splat(lanes(sum) / f32(length));
    const meanProduct = f32x4.splat(lanes(product) / f32(length));
    for (let n: usize = 0; n < bytes; n += 16) {
      const centred = f32x4.mul(f32x4.sub(v128.load(x + n), centre), by);
      const own = f32x4.mul(v128.load(dOut + n), v128.load(scale + n));
      const part = f32x4.sub(f32x4.sub(own, meanOwn), f32x4.mul(centred, meanProduct));
      addTo(dX + n, f32x4.mul(part, by));
    }
    x += bytes;
    dOut += bytes;
    dX += bytes;
  }
}

/** Every row of the gradient is 0 where the magnitude of the value is at its limit. */
export function clipGradient(value: usize, limit: usize, dOut: usize, rows: i32, width: i32): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      const inside = f32x4.lt(f32x4.abs(v128.load(value + n)), v128.load(limit + n));
      v128.store(dOut + n, v128.and(v128.load(dOut + n), inside));
    }
    value += bytes;
    dOut += bytes;
  }
}

/** out = gain x + offset, gain and offset one row each for all rows. */
export function affine(x: usize, gain: usize, offset: usize, out: usize, rows: i32, width: i32): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t++) {
    for (let n: usize = 0; n < bytes; n += 16) {
      v128.store(out + n, madd(v128.load(offset + n), v128.load(x + n), v128.load(gain + n)));
    }
    x += bytes;
    out += bytes;
  }
}

/** Adds gain dOut to dX, x dOut to dGain, and dOut to dOffset. */
export function affineGradient(
  x: usize,
  gain: usize,
  dOut: usize,
  dX: usize,
  dGain: usize,
  dOffset: usize,
  rows: i32,
  width: i32,
): void {
  const bytes: usize = width << 2;
  for (let n: usize = 0; n < bytes; n += 16) {
    const by = v128.load(gain + n);
    let products = f32x4.splat(0);
    let sums = products;
    let from = n;
    for (let t = 0; t < rows; t++) {
      const slope = v128.load(dOut + from);
      addTo(dX + from, f32x4.mul(slope, by));
      products = madd(products, slope, v128.load(x + from));
      sums = f32x4.add(sums, slope);
      from += bytes;
    }
    addTo(dGain + n, products);
    addTo(dOffset + n, sums);
  }
}

/**
 * Rows of complex numbers side by side: re and im of a, re and im of b of each number in turn.
 *
 * @param numbers complex numbers of a row of a. @param stride words of a row of a and of b.
 * @param outStride words of a row of out.
 */
export function join(
  a: usize,
  b: usize,
  out: usize,
  rows: i32,
  numbers: i32,
  stride: i32,
  outStride: i32,
): void {
  for (let t = 0; t < rows; t++) {
    const row = usize(t * stride) << 2;
    let to = out + (usize(t * outStride) << 2);
    for (let i: usize = row; i < row + (numbers << 3); i += 8) {
      store<u64>(to, load<u64>(a + i));
      store<u64>(to, load<u64>(b + i), 8);
      to += 16;
    }
  }
}

export function joinGradient(
  dOut: usize,
  dA: usize,
  dB: usize,
  rows: i32,
  numbers: i32,
  stride: i32,
  outStride: i32,
): void {
  for (let t = 0; t < rows; t++) {
    const row = usize(t * stride) << 2;
    let from = dOut + (usize(t * outStride) << 2);
    for (let i: usize = row; i < row + (numbers << 3); i += 8) {
      store<f32>(dA + i, load<f32>(dA + i) + load<f32>(from));
      store<f32>(dA + i, load<f32>(dA + i, 4) + load<f32>(from, 4), 4);
      store<f32>(dB + i, load<f32>(dB + i) + load<f32>(from, 8));
      store<f32>(dB + i, load<f32>(dB + i, 4) + load<f32>(from, 12), 4);
      from += 16;
    }
  }
}

/**
 * Words of f64, `stride` from one vector to the next, as values of f32: word times scale.
 *
 * @param scale one row of f64, 0 for padding. @param width words of a row of `out`, a multiple of 4.
 */
export function dequantize(
  words: usize,
  stride: i32,
  scale: usize,
  out: usize,
  rows: i32,
  width: i32,
): void {
  for (let t = 0; t < rows; t++) {
    let from = words + (usize(t * stride) << 3);
    let by = scale;
    for (let n = 0; n < width; n += 4) {
      const low = f64x2.mul(v128.load(from), v128.load(by));
      const high = f64x2.mul(v128.load(from, 16), v128.load(by, 16));
      v128.store(
        out,
        v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5),
      );
      from += 32;
      by += 32;
      out += 16;
    }
  }
}
