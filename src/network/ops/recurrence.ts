import * as z from 'zod';
import { at } from '../../base/at.js';
import { maxMagnitude, saturateTo } from '../../base/fixed/range.js';
import { roundShift } from '../../base/fixed/rounding.js';
import { at as element } from '../../float/s5/vector.js';
import type { FloatRecurrence } from '../graph/types.js';
import { ANCHORS, lambdaAsIntegers, type LambdaBar, type RecurrenceNode } from '../types.js';
import { alike, sized, within } from './checks.js';
import { reader, rounding, shift, width, words } from './fields.js';
import { wholeRange } from './ranges.js';
import { clip, floatInWords, rounded } from './relax.js';
import { unclipped } from './requantize.js';
import type { Bounds, FloatTraces, OpSpec, Step } from './spec.js';

const lambda = z.discriminatedUnion('form', [
  z.strictObject({ form: z.literal('direct'), width, frac: shift, re: words, im: words }),
  z.strictObject({
    ...{ form: z.literal('delta'), width, frac: shift, re: words, im: words },
    ...{ reShift: words, imShift: words },
  }),
  z.strictObject({
    ...{ form: z.literal('anchored'), width, frac: shift, re: words, im: words },
    ...{ reShift: words, imShift: words, anchor: words },
  }),
]);

/** x <- saturate(round(lambda_bar * x) + bu). */
export const recurrence = {
  schema: z.strictObject({ op: z.literal('recurrence'), ...reader, lambda, rounding }),
  sources: ({ source }) => [source],
  problem(node, nodeOf) {
    const stored = node.lambda;
    const parts = [stored.re, stored.im];
    if (stored.form !== 'direct') parts.push(stored.reShift, stored.imShift);
    if (stored.form === 'anchored') parts.push(stored.anchor);
    const wrong = parts.map((part) => sized('lambda_bar', part.length, node.length / 2));
    return (
      alike(node, nodeOf(node.source)) ??
      wrong.find((problem) => problem !== undefined) ??
      (stored.form === 'anchored'
        ? within('anchor', stored.anchor, { lo: 0, hi: ANCHORS.length - 1 })
        : undefined)
    );
  },
  elements: wholeRange,
  saturates: true,
  proved(node, before, length) {
    const max = BigInt(maxMagnitude(node.format.width));
    return stateBounds(node, before, length).every((bound) => bound <= max);
  },
  step,
  quantisers: ({ lambda: { width: bits }, format }) => [
    { what: 'weights', width: bits },
    { what: 'words', width: format.width },
  ],
  readWeights({ lambda: stored }) {
    const { re, im } = lambdaAsIntegers(stored);
    const integers = [...re, ...im];
    const unit = 2 ** -stored.frac;
    // The last place of a mantissa is that of its exponent.
    const shifts =
      stored.form === 'direct' ? integers.map(() => 0) : [...stored.reShift, ...stored.imShift];
    return {
      values: Float64Array.from(integers, (value) => value * unit),
      steps: Float64Array.from(shifts, (by) => 2 ** by * unit),
    };
  },
  weights({ lambda: stored }, poles) {
    const { re, im } = lambdaAsIntegers(stored);
    const unit = 2 ** -stored.frac;
    return {
      whole: [...re, ...im].map((value) => value * unit),
      real: [...poles.re, ...poles.im],
      width: stored.width,
      // A mantissa has an exponent that makes it fit.
      unit: stored.form === 'direct' ? unit : Infinity,
    };
  },
  float,
  relaxed(node, real, reading, on) {
    if (!on.weights && !on.words) return floatInWords(node, real, reading, float);
    const { data, width: words } = reading.trace(node.source);
    const { rounding: rule, lambda: stored } = node;
    const unit = 2 ** stored.frac;
    const whole = lambdaAsIntegers(stored);
    const max = on.words ? maxMagnitude(node.format.width) : Infinity;
    const out = new Float64Array(data.length);
    for (let p = 0; p < words / 2; p++) {
      const exact = on.weights;
      const re = exact ? at(whole.re, p) : element(real.re, p) * unit;
      const im = exact ? at(whole.im, p) : element(real.im, p) * unit;
      const driveOf = exact ? asIs : withoutGain(real, p);
      let [a, b] = [0, 0];
      for (let i = 2 * p; i < data.length; i += words) {
        let [driveRe, driveIm] = driveOf(element(data, i), element(data, i + 1));
        const turnedRe = re * a - im * b;
        const turnedIm = im * a + re * b;
        if (on.words) {
          driveRe = rounded(driveRe, 'half_even');
          driveIm = rounded(driveIm, 'half_even');
          const sharp = exact && Number.isInteger(turnedRe) && Number.isInteger(turnedIm);
          const by = (turned: number) =>
            sharp ? roundShift(turned, stored.frac, rule) : rounded(turned / unit, rule);
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
  },
} satisfies OpSpec<RecurrenceNode>;

type Drive = (re: number, im: number) => [number, number];

const asIs: Drive = (re, im) => [re, im];

/** The drive of a state without the factor for its quantised pole. */
function withoutGain({ gain }: FloatRecurrence, p: number): Drive {
  if (gain === undefined) return asIs;
  const [gr, gi] = [element(gain.re, p), element(gain.im, p)];
  const size = gr * gr + gi * gi;
  return (re, im) => [(gr * re + gi * im) / size, (gr * im - gi * re) / size];
}

function float(node: FloatRecurrence, { trace }: FloatTraces): Float64Array {
  const { data, width } = trace(node.source);
  const out = new Float64Array(data.length);
  for (let p = 0; p < width / 2; p++) {
    const re = element(node.re, p);
    const im = element(node.im, p);
    const driveOf = node.gain === undefined ? undefined : withoutGain(node, p);
    let a = 0;
    let b = 0;
    for (let i = 2 * p; i < data.length; i += width) {
      let driveRe = element(data, i);
      let driveIm = element(data, i + 1);
      if (driveOf !== undefined) [driveRe, driveIm] = driveOf(driveRe, driveIm);
      const next = re * a - im * b + driveRe;
      b = re * b + im * a + driveIm;
      a = next;
      out[i] = a;
      out[i + 1] = b;
    }
  }
  return out;
}

function step(node: RecurrenceNode, onClip: () => void): Step {
  const { rounding: rule, format, lambda: stored } = node;
  const { re, im } = lambdaAsIntegers(stored);
  const states = node.length / 2;
  const saturate = saturateTo(format.width, onClip);
  let x = new Float64Array(node.length);
  return (vectors, { first }) => {
    const bu = vectors(node.source);
    const previous = first ? new Float64Array(node.length) : x;
    x = new Float64Array(node.length);
    for (let p = 0; p < states; p++) {
      const a = element(previous, 2 * p);
      const b = element(previous, 2 * p + 1);
      const c = at(re, p);
      const s = at(im, p);
      x[2 * p] = saturate(roundShift(c * a - s * b, stored.frac, rule) + element(bu, 2 * p));
      x[2 * p + 1] = saturate(
        roundShift(s * a + c * b, stored.frac, rule) + element(bu, 2 * p + 1),
      );
    }
    return x;
  };
}

/** Fraction bits of the powers of lambda_bar below. */
const FRACTION = 96n;

/**
 * Bounds of |re| and |im| of each state over `length` steps, by the worst-case peak gain: with
 * drives within M and roundings within one unit each,
 *
 * |x[k]| <= sum over j < length of (|Re lambda^j| + |Im lambda^j|) (M + 1).
 *
 * In integers throughout: powers are truncated at 2^-96, and the most that truncation may have
 * taken is added to the sum.
 */
export function stateBounds(node: RecurrenceNode, before: Bounds, length: number): bigint[] {
  const drives = driveBounds(node, before);
  return peakGains(node.lambda, length).map((gain, p) => {
    const [re, im] = [at(drives, 2 * p), at(drives, 2 * p + 1)];
    const exact = gain * ((re > im ? re : im) + 1n);
    // Rounded up.
    return (exact + (1n << FRACTION) - 1n) >> FRACTION;
  });
}

/** Largest magnitude of each element of B u in the format of the state, after its clipping. */
function driveBounds({ source, length }: RecurrenceNode, before: Bounds): bigint[] {
  let bu = before.node(source);
  // A sequence has the same words in either direction.
  while (bu.op === 'reverse') bu = before.node(bu.source);
  const max = maxMagnitude(bu.format.width);
  if (bu.op !== 'requantize') return Array.from({ length }, () => BigInt(max));
  return unclipped(bu, before).map(({ lo, hi }) => BigInt(Math.min(Math.max(-lo, hi), max)));
}

/** sum over j < length of |Re lambda^j| + |Im lambda^j| of each state, from above, at 2^-96. */
function peakGains(stored: LambdaBar, length: number): bigint[] {
  const { re, im } = lambdaAsIntegers(stored);
  const frac = BigInt(stored.frac);
  const magnitude = (value: bigint) => (value < 0n ? -value : value);
  return re.map((c, p) => {
    const [cr, ci] = [BigInt(c), BigInt(at(im, p))];
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
