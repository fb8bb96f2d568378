import { maxMagnitude, type Range } from '../fixed/range.js';
import { rescale } from '../fixed/requantize.js';
import { dotRange, feedthroughRange } from './bounds.js';
import {
  lambdaAsIntegers,
  nodeById,
  type IntegerNetwork,
  type LambdaBar,
  type Node,
  type RecurrenceNode,
  type RequantizeNode,
} from './types.js';

/**
 * Whether no input whatever, of sequences up to `length` steps, makes a node clip. The words of a
 * node that cannot clip are proved by their range; of one that can, by the bounds of what it reads.
 */
export function isProved(network: IntegerNetwork, node: Node, length: number): boolean {
  const max = maxMagnitude(node.format.width);
  switch (node.op) {
    case 'requantize':
      return rescaledRanges(network, node).every(({ lo, hi }) => lo >= -max && hi <= max);
    case 'residual': {
      const [a, b] = [nodeById(network, node.source).range, nodeById(network, node.input).range];
      return a.lo + b.lo >= -max && a.hi + b.hi <= max;
    }
    case 'recurrence':
      return stateBounds(network, node, length).every((bound) => bound <= BigInt(max));
    case 'input':
      // Words are made of real values before the pins, at a scale that calibration chose; pixels
      // and indices come as they are.
      return node.unsigned;
    case 'embed':
    case 'lookup':
      return node.clipped === undefined;
    case 'layer_norm':
    case 'reverse':
    case 'join':
    case 'pool':
    case 'matvec':
    case 'feedthrough':
    case 'gate':
      return true;
  }
}

/** Bounds of each element of a requantisation before it is clipped. */
function rescaledRanges(network: IntegerNetwork, node: RequantizeNode): Range[] {
  const { multiplier, offset, shift, rounding } = node;
  return elementRanges(network, nodeById(network, node.source)).map(({ lo, hi }, h) => {
    const m = multiplier[multiplier.length === 1 ? 0 : h] ?? 0;
    const b = offset[offset.length === 1 ? 0 : h] ?? 0;
    const ends = [lo, hi].map((acc) => rescale(acc, m, b, shift, rounding));
    return { lo: Math.min(...ends), hi: Math.max(...ends) };
  });
}

/** Bounds of each element; of a product each row has its own, and so with D behind it. */
function elementRanges(network: IntegerNetwork, node: Node): Range[] {
  if (node.op === 'feedthrough') {
    const { sumShift, productShift } = node;
    const u = nodeById(network, node.input).range;
    return elementRanges(network, nodeById(network, node.source)).map((sum, h) =>
      feedthroughRange(sum, sumShift, node.weights.subarray(h, h + 1), u, productShift),
    );
  }
  if (node.op !== 'matvec') return Array.from({ length: node.length }, () => node.range);
  const { weights, cols, length, source } = node;
  const x = nodeById(network, source).range;
  return Array.from({ length }, (_, m) => dotRange(weights.subarray(m * cols, (m + 1) * cols), x));
}

/** Fraction bits of the powers of lambda_bar below. */
const FRACTION = 96n;

/**
 * Bounds of |re| and |im| of each state over `length` steps, by the worst-case peak gain: with
 * drives within M and roundings within one unit each,
 *
 * |x[k]| <= sum over j < length of (|Re lambda^j| + |Im lambda^j|) (M + 1).
 *
 * In integers throughout: powers are truncated at 2^-96, and what truncation may have taken is
 * added to the sum.
 */
export function stateBounds(
  network: IntegerNetwork,
  node: RecurrenceNode,
  length: number,
): bigint[] {
  const bu = nodeById(network, node.source);
  const max = BigInt(maxMagnitude(bu.format.width));
  const drives = bu.op === 'requantize' ? driveBounds(network, bu) : undefined;
  return peakGains(node.lambda, length).map((gain, p) => {
    const parts = drives === undefined ? [max] : [drives[2 * p] ?? max, drives[2 * p + 1] ?? max];
    const drive = parts.reduce((a, b) => (a > b ? a : b));
    const exact = gain * (drive + 1n);
    // Rounded up.
    return (exact + (1n << FRACTION) - 1n) >> FRACTION;
  });
}

/** Largest magnitude of each element of B u in the format of the state, after its clipping. */
function driveBounds(network: IntegerNetwork, bu: RequantizeNode): bigint[] {
  const max = maxMagnitude(bu.format.width);
  return rescaledRanges(network, bu).map(({ lo, hi }) => BigInt(Math.min(Math.max(-lo, hi), max)));
}

/** sum over j < length of |Re lambda^j| + |Im lambda^j| of each state, from above, at 2^-96. */
function peakGains(lambda: LambdaBar, length: number): bigint[] {
  const { re, im } = lambdaAsIntegers(lambda);
  const frac = BigInt(lambda.frac);
  const magnitude = (value: bigint) => (value < 0n ? -value : value);
  return re.map((c, p) => {
    const [cr, ci] = [BigInt(c), BigInt(im[p] ?? 0)];
    let [a, b] = [1n << FRACTION, 0n];
    let sum = 0n;
    let error = 0n;
    for (let j = 0; j < length; j++) {
      sum += magnitude(a) + magnitude(b) + error;
      [a, b] = [(cr * a - ci * b) >> frac, (ci * a + cr * b) >> frac];
      // |lambda| < 1 does not let earlier errors grow; truncation adds one unit to each part.
      error += 4n;
    }
    return sum;
  });
}
