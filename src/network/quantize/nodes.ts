import { at, oneOrEach } from '../../base/at.js';
import { signedWidth, symmetricRange } from '../../base/fixed/range.js';
import type { Rounding } from '../../base/fixed/rounding.js';
import { matvecRange } from '../bounds.js';
import type { Format, MatrixRole, MatvecNode, Node, NodeName, RequantizeNode } from '../types.js';
import {
  absMax,
  absorbMultipliers,
  fitMultipliers,
  leastSquaresLimit,
  soleWeightScale,
  weightScale,
  type Multipliers,
} from './scales.js';
import type { LinearMap, WeightFit } from './fit.js';
import type { ScaleSettings } from './settings.js';

/** Scale that each row of weights wants: its own, or that of the whole tensor; 0 for zeros. */
export function rowScales(
  rows: readonly Float64Array[],
  width: number,
  { kind, perChannel, weightRange }: ScaleSettings,
): number[] {
  const maxima = rows.map((row) =>
    weightRange === 'mse' ? leastSquaresLimit(row, width) : absMax(row),
  );
  const common = absMax(maxima);
  const alone = perChannel && rows.every((row) => row.length === 1);
  const scaleOf = alone ? soleWeightScale : weightScale;
  return maxima.map((max) => scaleOf(perChannel ? max : common, width, kind));
}

/** Rows of weights on their way to another scale. */
export interface RowFit extends Pick<Multipliers, 'multiplier' | 'shift'> {
  /** Scale of each row's sums. */
  readonly scale: readonly number[];
}

/** Part of the largest ratio below which a row adds nothing to any word of the result. */
const NEGLIGIBLE = 2 ** -64;

/**
 * Scales of rows, and multipliers from them to the scale of the result. With one scale per row
 * each absorbs the rounding of its own multiplier; with one scale for all the multipliers are the
 * nearest ones. A row of zeros, or of next to nothing, takes the multiplier of the largest row.
 *
 * @param wanted scale of each row, 0 for zeros.
 * @param target scale of the result: one for all rows, or one each.
 */
export function fitRows(
  wanted: readonly number[],
  target: readonly number[],
  { kind, perChannel, multiplierBits }: ScaleSettings,
): RowFit {
  const targetOf = (m: number) => oneOrEach(target, m);
  const exact = wanted.map((scale, m) => scale / targetOf(m));
  const largest = absMax(exact);
  const base: number[] = [];
  const ratios = exact.map((ratio, m) => {
    const live = ratio > largest * NEGLIGIBLE;
    base.push(live ? at(wanted, m) : (largest || 1) * targetOf(m));
    return live ? ratio : largest || 1;
  });
  if (!perChannel) return { ...fitMultipliers(ratios, multiplierBits), scale: base };
  const fit = absorbMultipliers(ratios, multiplierBits, kind);
  return { ...fit, scale: base.map((scale, m) => scale * at(fit.growth, m)) };
}

/** A linear map as integers, and what is missing on average at its outputs, real, if it is known. */
export function matvecNode(
  fit: WeightFit,
  name: NodeName<MatrixRole>,
  map: LinearMap,
  rows: readonly Float64Array[],
  scale: readonly number[],
  width: number,
): { readonly matvec: MatvecNode; readonly missing: Float64Array | undefined } {
  const { source } = map;
  const units = rows.map((row, m) => row.map((weight) => weight / at(scale, m)));
  const weights = fit.words(map, units, width);
  const range = matvecRange(weights, source.length, source.range);
  const matvec: MatvecNode = {
    op: 'matvec',
    ...name,
    source: source.id,
    length: rows.length,
    cols: source.length,
    weights,
    weightWidth: width,
    format: { width: signedWidth(range), scale },
    range,
  };
  return { matvec, missing: fit.bias(map, matvec) };
}

/**
 * A change of format with given multipliers.
 *
 * @param bias real values to be added, at the scale of the result; nothing where not given.
 */
export function requantizeNode(
  name: NodeName,
  source: Node,
  { multiplier, shift }: Pick<Multipliers, 'multiplier' | 'shift'>,
  format: Format,
  rounding: Rounding,
  bias?: ArrayLike<number>,
): RequantizeNode {
  const [scale = 1] = format.scale;
  const scaleOf = (h: number) => format.scale[format.scale.length === 1 ? 0 : h] ?? scale;
  const offset = Array.from(bias ?? [0], (b, h) => Math.round((b / scaleOf(h)) * 2 ** shift) + 0);
  return {
    op: 'requantize',
    ...name,
    source: source.id,
    length: source.length,
    multiplier,
    offset: offset.every((b) => b === 0) ? [0] : offset,
    shift,
    rounding,
    format,
    range: symmetricRange(format.width),
  };
}
