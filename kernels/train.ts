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
 * out = x w + start for every row; x [rows, inner], w [inner, outer] in panels. A panel has 16
 * columns, and one of the last columns 4: of each row in turn, one panel behind the other. `start`
 * is a row for all rows; with `add` the words of `out` are, each for itself.
 *
 * V8 moves the loads of a block of code ahead, where too many of them run out of registers. The exits
 * in the middle of the loop keep the blocks short.
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
  add: bool,
): void {
  const inBytes: usize = inner << 2;
  const outBytes: usize = outer << 2;
  let o: usize = 0;
  for (; o + 64 <= outBytes; o += 64) {
    let p = x;
    let to = out + o;
    for (let t = rows; t > 0; t -= 2) {
      // The last row of an odd number is computed twice.
      const both = t > 1;
      let q = both ? p + inBytes : p;
      const toOther = both ? to + outBytes : to;
      const s = add ? to : start + o;
      const u = add ? toOther : s;
      let a0 = v128.load(s);
      let a1 = v128.load(s, 16);
      let a2 = v128.load(s, 32);
      let a3 = v128.load(s, 48);
      let b0 = v128.load(u);
      let b1 = v128.load(u, 16);
      let b2 = v128.load(u, 32);
      let b3 = v128.load(u, 48);
      const end = p + inBytes;
      let panel = w;
      while (true) {
        let f = v128.load32_splat(p);
        let g = v128.load32_splat(q);
        let c0 = v128.load(panel);
        let c1 = v128.load(panel, 16);
        let c2 = v128.load(panel, 32);
        let c3 = v128.load(panel, 48);
        a0 = madd(a0, f, c0);
        a1 = madd(a1, f, c1);
        a2 = madd(a2, f, c2);
        a3 = madd(a3, f, c3);
        b0 = madd(b0, g, c0);
        b1 = madd(b1, g, c1);
        b2 = madd(b2, g, c2);
        b3 = madd(b3, g, c3);
        panel += 64;
        p += 4;
        q += 4;
        if (p == end) break;
        f = v128.load32_splat(p);
        g = v128.load32_splat(q);
        c0 = v128.load(panel);
        c1 = v128.load(panel, 16);
        c2 = v128.load(panel, 32);
        c3 = v128.load(panel, 48);
        a0 = madd(a0, f, c0);
        a1 = madd(a1, f, c1);
        a2 = madd(a2, f, c2);
        a3 = madd(a3, f, c3);
        b0 = madd(b0, g, c0);
        b1 = madd(b1, g, c1);
        b2 = madd(b2, g, c2);
        b3 = madd(b3, g, c3);
        panel += 64;
        p += 4;
        q += 4;
        if (p == end) break;
      }
      v128.store(to, a0);
      v128.store(to, a1, 16);
      v128.store(to, a2, 32);
      v128.store(to, a3, 48);
      v128.store(toOther, b0);
      v128.store(toOther, b1, 16);
      v128.store(toOther, b2, 32);
      v128.store(toOther, b3, 48);
      p = q;
      to = toOther + outBytes;
    }
    w += inBytes << 4;
  }
  for (; o < outBytes; o += 16) {
    let p = x;
    let to = out + o;
    for (let t = rows; t > 0; t -= 4) {
      const p1 = t > 1 ? p + inBytes : p;
      const p2 = t > 2 ? p1 + inBytes : p1;
      const p3 = t > 3 ? p2 + inBytes : p2;
      const to1 = t > 1 ? to + outBytes : to;
      const to2 = t > 2 ? to1 + outBytes : to1;
      const to3 = t > 3 ? to2 + outBytes : to2;
      let a = v128.load(add ? to : start + o);
      let b = add ? v128.load(to1) : a;
      let c = add ? v128.load(to2) : a;
      let d = add ? v128.load(to3) : a;
      let panel = w;
      for (let i: usize = 0; i < inBytes; i += 4) {
        const e = v128.load(panel);
        a = madd(a, v128.load32_splat(p + i), e);
        b = madd(b, v128.load32_splat(p1 + i), e);
        c = madd(c, v128.load32_splat(p2 + i), e);
        d = madd(d, v128.load32_splat(p3 + i), e);
        panel += 16;
      }
      v128.store(to, a);
      v128.store(to1, b);
      v128.store(to2, c);
      v128.store(to3, d);
      p = p3 + inBytes;
      to = to3 + outBytes;
    }
    w += inBytes << 2;
  }
}

/** out = x w + bias, w [inputs, outputs] in panels. */
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

/** dX += dOut w, w [outputs, inputs] in panels. */
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

/** Rows of a weight gradient at a time: those of 16 words each stay in the L1 cache. */
const GRADIENT_ROWS: i32 = 64;

/** dW += dOut^T x, dW [outputs, inputs]. */
export function matvecWeightGradient(
  x: usize,
  dOut: usize,
  dW: usize,
  rows: i32,
  inputs: i32,
  outputs: i32,
): void {
  for (let t = 0; t < rows; t += GRADIENT_ROWS) {
    const some = min(rows - t, GRADIENT_ROWS);
    weightGradientOfRows(x, dOut, dW, some, inputs, outputs);
    x += usize(some * inputs) << 2;
    dOut += usize(some * outputs) << 2;
  }
}

/** 2 outputs by 16 inputs at a time, then 4 by 4. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function weightGradientOfRows(
  x: usize,
  dOut: usize,
  dW: usize,
  rows: i32,
  inputs: i32,
  outputs: i32,
): void {
  const inBytes: usize = inputs << 2;
  const outBytes: usize = outputs << 2;
  const length = usize(rows) * inBytes;
  let i: usize = 0;
  for (; i + 64 <= inBytes; i += 64) {
    let to = dW + i;
    for (let o: usize = 0; o < outBytes; o += 8) {
      const toOther = to + inBytes;
      let a0 = v128.load(to);
      let a1 = v128.load(to, 16);
      let a2 = v128.load(to, 32);
      let a3 = v128.load(to, 48);
      let b0 = v128.load(toOther);
      let b1 = v128.load(toOther, 16);
      let b2 = v128.load(toOther, 32);
      let b3 = v128.load(toOther, 48);
      let d = dOut + o;
      let p = x + i;
      const end = p + length;
      while (true) {
        let f = v128.load32_splat(d);
        let g = v128.load32_splat(d, 4);
        let c0 = v128.load(p);
        let c1 = v128.load(p, 16);
        let c2 = v128.load(p, 32);
        let c3 = v128.load(p, 48);
        a0 = madd(a0, f, c0);
        a1 = madd(a1, f, c1);
        a2 = madd(a2, f, c2);
        a3 = madd(a3, f, c3);
        b0 = madd(b0, g, c0);
        b1 = madd(b1, g, c1);
        b2 = madd(b2, g, c2);
        b3 = madd(b3, g, c3);
        p += inBytes;
        d += outBytes;
        if (p == end) break;
        f = v128.load32_splat(d);
        g = v128.load32_splat(d, 4);
        c0 = v128.load(p);
        c1 = v128.load(p, 16);
        c2 = v128.load(p, 32);
        c3 = v128.load(p, 48);
        a0 = madd(a0, f, c0);
        a1 = madd(a1, f, c1);
        a2 = madd(a2, f, c2);
        a3 = madd(a3, f, c3);
        b0 = madd(b0, g, c0);
        b1 = madd(b1, g, c1);
        b2 = madd(b2, g, c2);
        b3 = madd(b3, g, c3);
        p += inBytes;
        d += outBytes;
        if (p == end) break;
      }
      v128.store(to, a0);
      v128.store(to, a1, 16);
      v128.store(to, a2, 32);
      v128.store(to, a3, 48);
      v128.store(toOther, b0);
      v128.store(toOther, b1, 16);
      v128.store(toOther, b2, 32);
      v128.store(toOther, b3, 48);
      to = toOther + inBytes;
    }
  }
  for (; i < inBytes; i += 16) {
    let to = dW + i;
    const end = x + i + length;
    for (let o: usize = 0; o < outBytes; o += 16) {
      let a0 = v128.load(to);
      let a1 = v128.load(to + inBytes);
      let a2 = v128.load(to + 2 * inBytes);
      let a3 = v128.load(to + 3 * inBytes);
      let d = dOut + o;
      for (let p = x + i; p < end; p += inBytes) {
        const c = v128.load(p);
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
      to += inBytes << 2;
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

/** Real parts of 4 states in 2 vectors of (re, im). */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function realParts(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 2, 4, 6);
}

/** Imaginary parts of 4 states in 2 vectors of (re, im). */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function imaginaryParts(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 1, 3, 5, 7);
}

/** The first 2 of 4 states as (re, im). */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function firstStates(re: v128, im: v128): v128 {
  return v128.shuffle<f32>(re, im, 0, 4, 1, 5);
}

/** The last 2 of 4 states as (re, im). */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function lastStates(re: v128, im: v128): v128 {
  return v128.shuffle<f32>(re, im, 2, 6, 3, 7);
}

/** Rows of a recurrence at a time: those of all states stay in the L1 cache. */
const SCAN_ROWS: i32 = 16;

export function recurrence(
  drive: usize,
  lambda: usize,
  carry: usize,
  out: usize,
  rows: i32,
  width: i32,
): void {
  const bytes: usize = width << 2;
  for (let t = 0; t < rows; t += SCAN_ROWS) {
    const length = usize(min(rows - t, SCAN_ROWS)) * bytes;
    let n: usize = 0;
    for (; n + 32 <= bytes; n += 32) {
      const pole = v128.load(lambda + n);
      const others = v128.load(lambda + n, 16);
      const poleRe = realParts(pole, others);
      const poleIm = imaginaryParts(pole, others);
      const first = v128.load(carry + n);
      const last = v128.load(carry + n, 16);
      let re = realParts(first, last);
      let im = imaginaryParts(first, last);
      for (let i = n; i < length; i += bytes) {
        const a = v128.load(drive + i);
        const b = v128.load(drive + i, 16);
        const sumRe = f32x4.sub(realParts(a, b), f32x4.mul(poleIm, im));
        const sumIm = madd(imaginaryParts(a, b), poleIm, re);
        re = madd(sumRe, poleRe, re);
        im = madd(sumIm, poleRe, im);
        v128.store(out + i, firstStates(re, im));
        v128.store(out + i, lastStates(re, im), 16);
      }
      v128.store(carry + n, firstStates(re, im));
      v128.store(carry + n, lastStates(re, im), 16);
    }
    for (; n < bytes; n += 16) {
      const pole = v128.load(lambda + n);
      let x = v128.load(carry + n);
      for (let i = n; i < length; i += bytes) {
        const sum = madd(v128.load(drive + i), turned(x), crossed(pole));
        x = madd(sum, x, real(pole));
        v128.store(out + i, x);
      }
      v128.store(carry + n, x);
    }
    drive += length;
    out += length;
  }
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
  const block = usize(SCAN_ROWS) * bytes;
  // The first row has `before` as its past.
  let end = usize(rows) * bytes;
  while (end > bytes) {
    const start = max(end - bytes, block) + bytes - block;
    adjointOfRows(lambda, out - bytes, dOut, carry, dDrive, dLambda, start, end, bytes);
    end = start;
  }
  adjointOfRows(lambda, before, dOut, carry, dDrive, dLambda, 0, bytes, bytes);
}

/** The adjoint scan from the row that ends at `end` back to that at `start`, in bytes. */
function adjointOfRows(
  lambda: usize,
  past: usize,
  dOut: usize,
  carry: usize,
  dDrive: usize,
  dLambda: usize,
  start: usize,
  end: usize,
  bytes: usize,
): void {
  let n: usize = 0;
  for (; n + 32 <= bytes; n += 32) {
    const pole = v128.load(lambda + n);
    const others = v128.load(lambda + n, 16);
    const poleRe = realParts(pole, others);
    const poleIm = imaginaryParts(pole, others);
    const first = v128.load(carry + n);
    const last = v128.load(carry + n, 16);
    let re = realParts(first, last);
    let im = imaginaryParts(first, last);
    let dRe = f32x4.splat(0);
    let dIm = f32x4.splat(0);
    for (let i = end + n; i > start + n; ) {
      i -= bytes;
      const a = v128.load(dOut + i);
      const b = v128.load(dOut + i, 16);
      const sumRe = madd(realParts(a, b), poleIm, im);
      const sumIm = f32x4.sub(imaginaryParts(a, b), f32x4.mul(poleIm, re));
      re = madd(sumRe, poleRe, re);
      im = madd(sumIm, poleRe, im);
      addTo(dDrive + i, firstStates(re, im));
      addTo(dDrive + i + 16, lastStates(re, im));
      // conj(x) a, with x before the row.
      const c = v128.load(past + i);
      const d = v128.load(past + i, 16);
      const xRe = realParts(c, d);
      const xIm = imaginaryParts(c, d);
      dRe = madd(madd(dRe, re, xRe), im, xIm);
      dIm = f32x4.sub(madd(dIm, im, xRe), f32x4.mul(re, xIm));
    }
    v128.store(carry + n, firstStates(re, im));
    v128.store(carry + n, lastStates(re, im), 16);
    addTo(dLambda + n, firstStates(dRe, dIm));
    addTo(dLambda + n + 16, lastStates(dRe, dIm));
  }
  for (; n < bytes; n += 16) {
    const pole = v128.load(lambda + n);
    const signs = f32x4(-1, 1, -1, 1);
    let a = v128.load(carry + n);
    let sum = f32x4.splat(0);
    for (let i = end + n; i > start + n; ) {
      i -= bytes;
      const own = madd(v128.load(dOut + i), a, real(pole));
      a = f32x4.sub(own, f32x4.mul(turned(a), crossed(pole)));
      addTo(dDrive + i, a);
      const x = v128.load(past + i);
      // conj(x) a: re = ar xr + ai xi, im = ai xr - ar xi.
      const direct = f32x4.mul(a, x);
      const cross = f32x4.mul(f32x4.mul(a, turned(x)), signs);
      const left = v128.shuffle<f32>(direct, cross, 0, 4, 2, 6);
      const right = v128.shuffle<f32>(direct, cross, 1, 5, 3, 7);
      sum = f32x4.add(sum, f32x4.add(left, right));
    }
    v128.store(carry + n, a);
    addTo(dLambda + n, sum);
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

/** log2(e): exp(x) is 2^(x LOG2E). */
const LOG2E: f32 = 1.44269504;
/** 2 sqrt(2 / pi): a GELU is x sigmoid(C x + C 0.044715 x^3). */
const C: f32 = 1.5957691216;

// Constants of the functions below are in memory: V8 computes a constant in the code again in every
// round of a loop, in 3 instructions, and a load is one. Memory below 1024 is for constants.
const ONE = memory.data<v128>([f32x4.splat(1)], 16);
/** Added to a number below 2^22, it rounds to an integer in the low bits of the mantissa. */
const MAGIC = memory.data<v128>([f32x4.splat(12582912)], 16);
const LEAST = memory.data<v128>([f32x4.splat(-126)], 16);
const MOST = memory.data<v128>([f32x4.splat(126)], 16);
// Minimax polynomial of 2^r for |r| <= 1/2, of 1 at 0; its error is 1e-7.
const POWER1 = memory.data<v128>([f32x4.splat(0.6931469776)], 16);
const POWER2 = memory.data<v128>([f32x4.splat(0.2402224208)], 16);
const POWER3 = memory.data<v128>([f32x4.splat(0.0555073374)], 16);
const POWER4 = memory.data<v128>([f32x4.splat(0.0096715127)], 16);
const POWER5 = memory.data<v128>([f32x4.splat(0.0013264727)], 16);
const MINUS_LOG2E = memory.data<v128>([f32x4.splat(-LOG2E)], 16);
// The exponent of a GELU, and the slope of its argument.
const GELU1 = memory.data<v128>([f32x4.splat(-C * LOG2E)], 16);
const GELU3 = memory.data<v128>([f32x4.splat(-C * LOG2E * 0.044715)], 16);
const INNER1 = memory.data<v128>([f32x4.splat(C)], 16);
const INNER3 = memory.data<v128>([f32x4.splat(3 * C * 0.044715)], 16);
// Abramowitz and Stegun, 7.1.26.
const DENSITY = memory.data<v128>([f32x4.splat(-0.5 * LOG2E)], 16);
const DENSITY_SCALE = memory.data<v128>([f32x4.splat(0.3989422804)], 16);
const ROOT_HALF = memory.data<v128>([f32x4.splat(0.70710678)], 16);
const ERF0 = memory.data<v128>([f32x4.splat(0.3275911)], 16);
const ERF1 = memory.data<v128>([f32x4.splat(0.254829592)], 16);
const ERF2 = memory.data<v128>([f32x4.splat(-0.284496736)], 16);
const ERF3 = memory.data<v128>([f32x4.splat(1.421413741)], 16);
const ERF4 = memory.data<v128>([f32x4.splat(-1.453152027)], 16);
const ERF5 = memory.data<v128>([f32x4.splat(1.061405429)], 16);

/** 2^v for numbers from -126 to 126, those beyond cut off there; relative error below 3e-7. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function powerOf2(v: v128): v128 {
  const magic = v128.load(MAGIC);
  const x = clipped(v, v128.load(LEAST), v128.load(MOST));
  const shifted = f32x4.add(x, magic);
  const r = f32x4.sub(x, f32x4.sub(shifted, magic));
  const square = f32x4.mul(r, r);
  const low = madd(v128.load(ONE), v128.load(POWER1), r);
  const middle = madd(v128.load(POWER2), v128.load(POWER3), r);
  const high = madd(v128.load(POWER4), v128.load(POWER5), r);
  // In 3 steps: the processor waits for the longest chain of operations.
  const p = madd(low, square, madd(middle, square, high));
  // 2^n times p, by the exponent.
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** The logistic function of -v / LOG2E. */
// @ts-ignore: a decorator of AssemblyScript.
@inline
function logisticOfPower(v: v128): v128 {
  const one = v128.load(ONE);
  return f32x4.div(one, f32x4.add(one, powerOf2(v)));
}

// @ts-ignore: a decorator of AssemblyScript.
@inline
function clipped(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high);
}

function gelu(x: usize, out: usize, slope: usize, bytes: usize): void {
  const one = v128.load(ONE);
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const square = f32x4.mul(v, v);
    const cubic = madd(v128.load(GELU1), v128.load(GELU3), square);
    const s = logisticOfPower(f32x4.mul(v, cubic));
    const y = f32x4.mul(v, s);
    const inner = madd(v128.load(INNER1), v128.load(INNER3), square);
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
  const one = v128.load(ONE);
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const density = powerOf2(f32x4.mul(f32x4.mul(v, v), v128.load(DENSITY)));
    const size = f32x4.mul(f32x4.abs(v), v128.load(ROOT_HALF));
    const t = f32x4.div(one, madd(one, v128.load(ERF0), size));
    let p = v128.load(ERF5);
    p = madd(v128.load(ERF4), p, t);
    p = madd(v128.load(ERF3), p, t);
    p = madd(v128.load(ERF2), p, t);
    p = madd(v128.load(ERF1), p, t);
    const tail = f32x4.mul(f32x4.mul(f32x4.mul(p, t), density), f32x4.splat(0.5));
    const below = f32x4.lt(v, f32x4.splat(0));
    const normal = v128.bitselect(tail, f32x4.sub(one, tail), below);
    v128.store(out + i, f32x4.mul(v, normal));
    v128.store(slope + i, madd(normal, v, f32x4.mul(density, v128.load(DENSITY_SCALE))));
  }
}

function qGelu(x: usize, out: usize, slope: usize, bytes: usize): void {
  const one = f32x4.splat(1);
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const part = clipped(f32x4.add(v, f32x4.splat(2)), f32x4.splat(0), f32x4.splat(4));
    v128.store(out + i, f32x4.mul(f32x4.mul(v, part), f32x4.splat(0.25)));
    const middle = f32x4.mul(f32x4.add(v, one), f32x4.splat(0.5));
    const upper = v128.bitselect(middle, one, f32x4.lt(v, f32x4.splat(2)));
    v128.store(slope + i, v128.and(upper, f32x4.ge(v, f32x4.splat(-2))));
  }
}

function sigmoid(x: usize, out: usize, slope: usize, bytes: usize): void {
  const one = v128.load(ONE);
  for (let i: usize = 0; i < bytes; i += 16) {
    const s = logisticOfPower(f32x4.mul(v128.load(x + i), v128.load(MINUS_LOG2E)));
    v128.store(out + i, s);
    v128.store(slope + i, f32x4.mul(s, f32x4.sub(one, s)));
  }
}

function hardSigmoid(x: usize, out: usize, slope: usize, bytes: usize): void {
  const sixth = f32x4.splat(1.0 / 6);
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    v128.store(out + i, f32x4.mul(clipped(f32x4.add(v, f32x4.splat(3)), f32x4.splat(0), f32x4.splat(6)), sixth));
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

/** Adds n words of x to n sums of f64, and clears x. */
export function collect(x: usize, sums: usize, n: i32): void {
  const bytes: usize = n << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(x + i);
    const to = sums + (i << 1);
    v128.store(to, f64x2.add(v128.load(to), low(v)));
    v128.store(to, f64x2.add(v128.load(to, 16), high(v)), 16);
    v128.store(x + i, f32x4.splat(0));
  }
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
