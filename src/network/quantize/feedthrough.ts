import { at, oneOrEach } from '../../base/at.js';
import { MAX_EXACT_WIDTH, signedWidth } from '../../base/fixed/range.js';
import { feedthroughRange } from '../bounds.js';
import type { FloatFeedthrough } from '../graph/types.js';
import type { FeedthroughNode } from '../types.js';
import { placeOf, type Filling } from './filling.js';
import { absMax, quantizeValue, soleWeightScale } from './scales.js';
import type { ScaleSettings } from './settings.js';

/** Left shifts that bring sum and product to one scale. */
export interface Alignment {
  readonly sumShift: number;
  readonly productShift: number;
}

/** Rows of C with their elements of D, before both are integers. */
export interface RowsRequest {
  /** Scale that each row of C wants, over the words of the states; 0 for zeros. */
  readonly rows: readonly number[];
  /** D over the words of u, real, one per row. */
  readonly d: Float64Array;
  /** Words that a row of C reads. */
  readonly columns: number;
  /** Word lengths, bits. */
  readonly widths: {
    readonly c: number;
    readonly x: number;
    readonly d: number;
    readonly u: number;
  };
  readonly scales: Pick<ScaleSettings, 'kind' | 'perChannel'>;
}

/** Shifts that bring the sums of C and the products of D to one scale. */
export interface AlignedRows {
  readonly alignment: Alignment;
  /** Scale that each row of C wants, where D shares it; 0 where both are zero. */
  readonly wanted: readonly number[];
}

/** Deepest shift of the sums that makes D any better worth having. */
const MAX_SUM_SHIFT = 8;
/** Most shifts of the products that are compared. */
const MAX_PRODUCT_SHIFT = 24;
/** Noise that a smaller shift may cost, as a part of the least. */
const TOLERANCE = 0.05;

/**
 * The step of D is 2^k times that of the sums of C, one k for all rows. So C and D share the scale
 * of their row, and the larger of the two sets it: the smaller one loses only what the sum of both
 * would hide. k > 0 shifts the product up to the sum, k < 0 the sum up to the product.
 *
 * k is the smallest shift whose rounding noise, over all rows and for words that fill their
 * formats, is within 5 % of the least: sum over h of scale(k)^2 (columns 4^x + 4^k 4^u).
 */
export function alignRows({ rows, d, columns, widths, scales }: RowsRequest): AlignedRows {
  const wantedD = Array.from(d, (value) => soleWeightScale(Math.abs(value), widths.d, scales.kind));
  const wantedAt = (k: number): number[] => {
    const own = rows.map((scale, h) => Math.max(scale, at(wantedD, h) * 2 ** -k));
    return scales.perChannel ? own : own.map(() => absMax(own));
  };
  if (absMax(wantedD) === 0) return { alignment: alignmentOf(0), wanted: wantedAt(0) };

  const sumWidth = widths.c + widths.x + Math.ceil(Math.log2(columns));
  const room = (width: number, most: number) =>
    Math.max(0, Math.min(most, MAX_EXACT_WIDTH - 2 - width));
  const deepest = room(sumWidth, MAX_SUM_SHIFT);
  const highest = room(widths.d + widths.u, MAX_PRODUCT_SHIFT);
  const shifts = Array.from({ length: deepest + highest + 1 }, (_, i) => i - deepest)
    .sort((a, b) => Math.abs(a) - Math.abs(b))
    .map((k) => {
      const wanted = wantedAt(k);
      const unit = columns * 4 ** widths.x + 4 ** (k + widths.u);
      return { k, wanted, noise: wanted.reduce((sum, scale) => sum + scale * scale * unit, 0) };
    });
  const least = Math.min(...shifts.map(({ noise }) => noise));
  const best = shifts.find(({ noise }) => noise <= least * (1 + TOLERANCE));
  if (best === undefined) throw new Error('no alignment of D');
  return { alignment: alignmentOf(best.k), wanted: best.wanted };
}

function alignmentOf(k: number): Alignment {
  return { sumShift: Math.max(0, -k), productShift: Math.max(0, k) };
}

/** The D term behind the sums of C. */
export function fillFeedthrough(node: FloatFeedthrough, filling: Filling): FeedthroughNode {
  const [sum, u] = [filling.node(node.source), filling.node(node.input)];
  const alignment = filling.alignments.get(node.source);
  if (alignment === undefined) throw new Error(`${node.id} reads ${sum.op}`);
  const { sumShift, productShift } = alignment;
  const width = filling.settings.at(node.layer).precision.d;
  const uScale = at(u.format.scale, 0);
  const unit = 2 ** (productShift - sumShift);
  const weights = Int32Array.from(node.weights, (value, h) =>
    quantizeValue(value * uScale, oneOrEach(sum.format.scale, h) * unit, width),
  );
  const range = feedthroughRange(sum.range, sumShift, weights, u.range, productShift);
  return {
    op: 'feedthrough',
    ...placeOf(node),
    source: sum.id,
    input: u.id,
    length: sum.length,
    weights,
    weightWidth: width,
    sumShift,
    productShift,
    format: {
      width: signedWidth(range),
      scale: sum.format.scale.map((scale) => scale * 2 ** -sumShift),
    },
    range,
  };
}
