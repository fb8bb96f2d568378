import * as z from 'zod';
import { at } from '../../base/at.js';
import { maxMagnitude, saturateTo, type Range } from '../../base/fixed/range.js';
import { rescale } from '../../base/fixed/requantize.js';
import type { Node, RequantizeNode } from '../types.js';
import { alike, oneOrAll } from './checks.js';
import { integers, reader, rounding, shift } from './fields.js';
import { oneOrEach } from './scaled.js';
import { wholeRange } from './ranges.js';
import { clip, rounded } from './relax.js';
import type { Bounds, OpSpec, Step, Trace } from './spec.js';

/** q = saturate(round((acc * multiplier + offset) / 2^shift)). */
export const requantize = {
  schema: z.strictObject({
    ...{ op: z.literal('requantize'), ...reader, multiplier: integers, offset: integers },
    ...{ shift, rounding },
  }),
  sources: ({ source }) => [source],
  problem: (node, nodeOf) =>
    alike(node, nodeOf(node.source)) ??
    oneOrAll('multiplier', node.multiplier.length, node.length) ??
    oneOrAll('offset', node.offset.length, node.length),
  elements: wholeRange,
  saturates: true,
  proved(node, before) {
    const max = maxMagnitude(node.format.width);
    return unclipped(node, before).every(({ lo, hi }) => lo >= -max && hi <= max);
  },
  step,
  quantisers: ({ format }) => [{ what: 'words', width: format.width }],
  readWeights: () => undefined,
  weights: () => undefined,
  relaxed(node, ideal, { trace, node: nodeOf }, on) {
    const x = trace(node.source);
    if (on.words) return requantized(node, x);
    const given = ideal?.kind === 'ratio' ? ideal.ratio : undefined;
    const source = nodeOf(node.source);
    return rescaled(node, x, (h) =>
      given === undefined ? scaleOf(source, h) / scaleOf(node, h) : oneOrEach(given, h),
    );
  },
} satisfies OpSpec<RequantizeNode>;

function scaleOf({ format }: Node, h: number): number {
  return oneOrEach(format.scale, h);
}

/** Bounds of each element before it is clipped. */
export function unclipped(node: RequantizeNode, { elements }: Bounds): Range[] {
  const { multiplier, offset, shift: by, rounding: rule } = node;
  return elements(node.source).map(({ lo, hi }, h) => {
    const m = oneOrEach(multiplier, h);
    const b = oneOrEach(offset, h);
    const ends = [lo, hi].map((acc) => rescale(acc, m, b, by, rule));
    return { lo: Math.min(...ends), hi: Math.max(...ends) };
  });
}

function step(node: RequantizeNode, onClip: () => void): Step {
  const { multiplier, offset, shift: by, rounding: rule } = node;
  const saturate = saturateTo(node.format.width, onClip);
  return (vectors) =>
    vectors(node.source).map((acc, h) =>
      saturate(rescale(acc, oneOrEach(multiplier, h), oneOrEach(offset, h), by, rule)),
    );
}

function requantized(node: RequantizeNode, { data, width }: Trace): Float64Array {
  const { multiplier, offset, shift: by, rounding: rule } = node;
  const max = maxMagnitude(node.format.width);
  return data.map((acc, i) => {
    const m = oneOrEach(multiplier, i % width);
    const b = oneOrEach(offset, i % width);
    if (Number.isInteger(acc)) return clip(rescale(acc, m, b, by, rule), max);
    return clip(rounded((acc * m + b) / 2 ** by, rule), max);
  });
}

/** Neither rounded nor clipped. */
function rescaled(
  { offset, shift: by }: RequantizeNode,
  { data, width }: Trace,
  ratio: (h: number) => number,
): Float64Array {
  const factors = Float64Array.from({ length: width }, (_, h) => ratio(h));
  const offsets = Float64Array.from({ length: width }, (_, h) => oneOrEach(offset, h) / 2 ** by);
  return data.map((acc, i) => acc * at(factors, i % width) + at(offsets, i % width));
}
