import { maxMagnitude } from '../fixed/range.js';
import { rescale } from '../fixed/requantize.js';
import { roundShift, type Rounding } from '../fixed/rounding.js';
import { operationOf } from '../emulate/operations.js';
import {
  lambdaAsIntegers,
  type EmbedNode,
  type FeedthroughNode,
  type LayerNormNode,
  type LookupNode,
  type MatvecNode,
  type Node,
  type PoolNode,
  type RecurrenceNode,
  type RequantizeNode,
} from '../network/types.js';
import type { Ideal } from '../quantize/ideal.js';
import { functionOf } from '../quantize/lookup.js';
import { applyRows } from '../s5/vector.js';
import type { Switches } from './switches.js';

/** Vectors of a node over a sequence, [L, width], in units of its format. */
export interface Trace {
  readonly width: number;
  readonly data: Float64Array;
}

/** What a node reads: the trace of an id, and how its scales are. */
export interface Reading {
  readonly trace: (id: string) => Trace;
  readonly node: (id: string) => Node;
}

/**
 * A node over a whole sequence with its quantisers at work or not. With all at work, and whole
 * numbers coming in, it gives the words of the integer network; with none, what the float network
 * has in this place, in units of the node's format. Words that come in need not be whole.
 *
 * @param ideal what the node stands for, if it is more than its formats say.
 */
export function relaxed(
  node: Exclude<Node, { op: 'input' }>,
  ideal: Ideal | undefined,
  { trace, node: nodeOf }: Reading,
  on: Switches,
): Float64Array {
  const x = trace(node.source);
  const steps = x.data.length / x.width;
  const scaleOf = (of: Node, h: number) =>
    of.format.scale[of.format.scale.length === 1 ? 0 : h] ?? 1;
  switch (node.op) {
    case 'matvec':
      return matvec(node, expect(ideal, 'weights'), x, on);
    case 'feedthrough':
      return feedthrough(node, expect(ideal, 'weights'), x, trace(node.input), on);
    case 'embed':
      return embed(node, expect(ideal, 'weights'), x, on);
    case 'requantize': {
      if (on.words) return requantized(node, x);
      const source = nodeOf(node.source);
      const given = ideal?.kind === 'ratio' ? ideal.ratio : undefined;
      const ratio = (h: number) =>
        given?.[given.length === 1 ? 0 : h] ?? scaleOf(source, h) / scaleOf(node, h);
      return rescaled(node, x, ratio);
    }
    case 'recurrence':
      return recurrence(node, expect(ideal, 'poles'), x, on);
    case 'lookup':
      return lookup(node, expect(ideal, 'function'), x, scaleOf(nodeOf(node.source), 0), on);
    case 'layer_norm':
      return layerNorm(node, expect(ideal, 'layer_norm'), x, on);
    case 'gate': {
      const a = trace(node.input).data;
      return x.data.map((b, i) => (a[i] ?? 0) * b + 0);
    }
    case 'residual': {
      const skip = trace(node.input).data;
      const max = on.words ? maxMagnitude(node.format.width) : Infinity;
      return x.data.map((branch, i) => clip((skip[i] ?? 0) + branch, max));
    }
    case 'reverse':
      return perStep(steps, node.length, (k) => row(x, steps - 1 - k));
    case 'join': {
      const a = trace(node.input);
      return perStep(steps, node.length, (k) => {
        const [first, second] = [row(a, k), row(x, k)];
        return Float64Array.from({ length: node.length }, (_, i) => {
          const at = 2 * Math.floor(i / 4) + (i % 2);
          return (i % 4 < 2 ? first[at] : second[at]) ?? 0;
        });
      });
    }
    case 'pool':
      return pool(node, x, on);
  }
}

function expect<K extends Ideal['kind']>(
  ideal: Ideal | undefined,
  kind: K,
): Extract<Ideal, { kind: K }> {
  if (ideal?.kind !== kind) throw new Error(`a node without its ${kind}`);
  return ideal as Extract<Ideal, { kind: K }>;
}

function row({ data, width }: Trace, k: number): Float64Array {
  return data.subarray(k * width, (k + 1) * width);
}

function perStep(steps: number, width: number, of: (k: number) => ArrayLike<number>) {
  const all = new Float64Array(steps * width);
  for (let k = 0; k < steps; k++) all.set(of(k), k * width);
  return all;
}

function clip(value: number, max: number): number {
  return Math.min(Math.max(value, -max), max);
}

/** Nearest whole number by the rule; values need not be whole. */
function rounded(value: number, rounding: Rounding): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  switch (rounding) {
    case 'half_up':
      return floor + (rest >= 0.5 ? 1 : 0);
    case 'half_even':
      return floor + (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? 1 : 0);
    case 'toward_zero':
      return Math.trunc(value) + 0;
  }
}

type Weights = Extract<Ideal, { kind: 'weights' }>;

function matvec(node: MatvecNode, ideal: Weights, x: Trace, on: Switches): Float64Array {
  const weights = on.weights ? Float64Array.from(node.weights) : ideal.weights;
  const sums = applyRows(x.data, x.data.length / x.width, x.width, weights, node.length);
  const { missing } = ideal;
  if (on.weights || missing === undefined) return sums;
  // The offset behind real weights has nothing to make up for.
  return sums.map((sum, i) => sum - (missing[i % node.length] ?? 0));
}

function feedthrough(
  { weights, sumShift, productShift, length }: FeedthroughNode,
  ideal: Weights,
  sum: Trace,
  u: Trace,
  on: Switches,
): Float64Array {
  const factor = Float64Array.from(
    { length },
    (_, h) => (on.weights ? (weights[h] ?? 0) * 2 ** productShift : ideal.weights[h]) ?? 0,
  );
  const unit = 2 ** sumShift;
  return sum.data.map(
    (value, i) => value * unit + (factor[i % length] ?? 0) * (u.data[i] ?? 0) + 0,
  );
}

function embed(node: EmbedNode, ideal: Weights, x: Trace, on: Switches): Float64Array {
  const table = on.weights ? node.table : ideal.weights;
  const { rows, length } = node;
  return perStep(x.data.length, length, (k) => {
    const index = x.data[k] ?? 0;
    const at = index >= 0 && index < rows ? index : rows - 1;
    return table.subarray(at * length, (at + 1) * length);
  });
}

function requantized(node: RequantizeNode, { data, width }: Trace): Float64Array {
  const { multiplier, offset, shift, rounding } = node;
  const max = maxMagnitude(node.format.width);
  return data.map((acc, i) => {
    const h = i % width;
    const m = multiplier[multiplier.length === 1 ? 0 : h] ?? 0;
    const b = offset[offset.length === 1 ? 0 : h] ?? 0;
    if (Number.isInteger(acc)) return clip(rescale(acc, m, b, shift, rounding), max);
    return clip(rounded((acc * m + b) / 2 ** shift, rounding), max);
  });
}

/** Neither rounded nor clipped. */
function rescaled(
  { offset, shift }: RequantizeNode,
  { data, width }: Trace,
  ratio: (h: number) => number,
): Float64Array {
  const factors = Float64Array.from({ length: width }, (_, h) => ratio(h));
  const offsets = Float64Array.from(
    { length: width },
    (_, h) => (offset[offset.length === 1 ? 0 : h] ?? 0) / 2 ** shift,
  );
  return data.map((acc, i) => acc * (factors[i % width] ?? 0) + (offsets[i % width] ?? 0));
}

function recurrence(
  node: RecurrenceNode,
  ideal: Extract<Ideal, { kind: 'poles' }>,
  { data, width }: Trace,
  on: Switches,
): Float64Array {
  const { lambda, rounding } = node;
  const unit = 2 ** lambda.frac;
  const whole = lambdaAsIntegers(lambda);
  const max = on.words ? maxMagnitude(node.format.width) : Infinity;
  const out = new Float64Array(data.length);
  for (let p = 0; p < width / 2; p++) {
    const exact = on.weights;
    const re = exact ? (whole.re[p] ?? 0) : (ideal.re[p] ?? 0) * unit;
    const im = exact ? (whole.im[p] ?? 0) : (ideal.im[p] ?? 0) * unit;
    // The drive is multiplied for the quantised pole; the real one has it back.
    const [gr, gi] = exact ? [1, 0] : [ideal.gainRe[p] ?? 1, ideal.gainIm[p] ?? 0];
    const size = gr * gr + gi * gi;
    let [a, b] = [0, 0];
    for (let i = 2 * p; i < data.length; i += width) {
      const [dr, di] = [data[i] ?? 0, data[i + 1] ?? 0];
      let driveRe = exact ? dr : (gr * dr + gi * di) / size;
      let driveIm = exact ? di : (gr * di - gi * dr) / size;
      const turnedRe = re * a - im * b;
      const turnedIm = im * a + re * b;
      if (on.words) {
        driveRe = rounded(driveRe, 'half_even');
        driveIm = rounded(driveIm, 'half_even');
        const sharp = exact && Number.isInteger(turnedRe) && Number.isInteger(turnedIm);
        const by = (turned: number) =>
          sharp ? roundShift(turned, lambda.frac, rounding) : rounded(turned / unit, rounding);
        a = clip(by(turnedRe) + driveRe, max);
        b = clip(by(turnedIm) + driveIm, max);
      } else {
        a = turnedRe / unit + driveRe;
        b = turnedIm / unit + driveIm;
      }
      out[i] = a;
      out[i + 1] = b;
    }
  }
  return out;
}

function lookup(
  node: LookupNode,
  ideal: Extract<Ideal, { kind: 'function' }>,
  { data }: Trace,
  sourceScale: number,
  on: Switches,
): Float64Array {
  const f = functionOf(ideal.function);
  const [scale = 1] = node.format.scale;
  const max = maxMagnitude(node.format.width);
  const codes = node.table.length;
  return data.map((word) => {
    if (on.words && Number.isInteger(word) && Math.abs(word) < codes / 2) {
      return node.table[word < 0 ? word + codes : word] ?? 0;
    }
    const value = f(word * sourceScale) / scale;
    return on.words ? clip(rounded(value, 'half_even'), max) : value;
  });
}

function layerNorm(
  node: LayerNormNode,
  { epsilon }: Extract<Ideal, { kind: 'layer_norm' }>,
  x: Trace,
  on: Switches,
): Float64Array {
  const { length, outFrac, rounding } = node;
  const exact = operationOf(node, () => undefined);
  return perStep(x.data.length / length, length, (k) => {
    const vector = row(x, k);
    if (on.words && vector.every((word) => Number.isInteger(word))) {
      return exact(() => vector, { first: true, last: true }) ?? vector;
    }
    let [sum, squares] = [0, 0];
    for (const word of vector) {
      sum += word;
      squares += word * word;
    }
    const inverse = 2 ** outFrac / Math.sqrt(length * squares - sum * sum + epsilon);
    return vector.map((word) => {
      const value = (length * word - sum) * inverse;
      return on.words ? rounded(value, rounding) : value;
    });
  });
}

function pool({ mode, rounding }: PoolNode, x: Trace, on: Switches): Float64Array {
  const steps = x.data.length / x.width;
  if (mode !== 'mean') return row(x, mode === 'first' ? 0 : steps - 1).slice();
  const sum = new Float64Array(x.width);
  for (let k = 0; k < steps; k++) row(x, k).forEach((word, h) => (sum[h] = (sum[h] ?? 0) + word));
  return sum.map((total) => (on.words ? rounded(total / steps, rounding) : total / steps));
}
