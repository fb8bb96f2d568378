import { at, oneOrEach } from '../../base/at.js';
import { maxMagnitude } from '../../base/fixed/range.js';
import { lambdaAsIntegers, type LambdaBar, type Node, type ProvableTensor } from '../types.js';
import type { FloatRequantize } from '../graph/types.js';
import { absMax } from './scales.js';

/** Which ranges are bounds, and of sequences how long. */
export interface ProofSettings {
  readonly tensors: ReadonlySet<ProvableTensor>;
  /** Longest sequence, steps. */
  readonly length: number;
  /** Factor on every bound: room for the rounding of what the bound is made of. */
  readonly margin: number;
}

/** Room for integer weights that are larger than the real ones. */
const SLACK = 1 + 2 ** -5;

/** Largest magnitude of a word of the node. */
function largestWord({ range }: Node): number {
  return Math.max(-range.lo, range.hi);
}

/** Largest sum of magnitudes of `rows` over the words of `source`, plus `extra` of the row. */
export function largestSum(
  rows: readonly Float64Array[],
  source: Node,
  { margin }: ProofSettings,
  extra: (row: number) => number = () => 0,
): number {
  return absMax(rowSums(rows, source).map((sum, m) => sum + extra(m))) * SLACK * margin;
}

function rowSums(rows: readonly Float64Array[], source: Node): number[] {
  const word = largestWord(source);
  return rows.map((row) => row.reduce((sum, weight) => sum + Math.abs(weight), 0) * word);
}

/**
 * Largest magnitude behind a gain and an offset.
 *
 * @param layered true if the vector less its mean, over its standard deviation, has that gain.
 * @param source the words that enter the norm.
 */
export function largestNormed(
  { gain, offset }: Pick<FloatRequantize, 'gain' | 'offset'>,
  layered: boolean,
  source: Node,
  { margin }: ProofSettings,
): number {
  const largest = largestWord(source) * at(source.format.scale, 0);
  // The identity is exact.
  if (!layered && gain.every((g) => g === 1) && offset.every((b) => b === 0)) {
    return largest * margin;
  }
  // A normalised value is at most the root of the number of channels.
  const reach = layered ? Math.sqrt(source.length) : largest;
  const sums = Array.from(gain, (g, h) => Math.abs(g) * reach + Math.abs(oneOrEach(offset, h)));
  return absMax(sums) * SLACK * margin;
}

/**
 * Largest magnitude of each state: its worst-case peak gain over the sequence, times the largest
 * drive, and one more unit of `width` bits a step for roundings. `rows` are re and im of each state
 * in turn, over the words of the source.
 */
export function largestStates(
  rows: readonly Float64Array[],
  source: Node,
  lambda: LambdaBar,
  width: number,
  { length, margin }: ProofSettings,
): number[] {
  const sums = rowSums(rows, source);
  const { re, im } = lambdaAsIntegers(lambda);
  const unit = 2 ** lambda.frac;
  return re.map((c, p) => {
    const [cr, ci] = [c / unit, at(im, p) / unit];
    let [a, b, gain] = [1, 0, 0];
    for (let k = 0; k < length; k++) {
      gain += Math.abs(a) + Math.abs(b);
      [a, b] = [cr * a - ci * b, ci * a + cr * b];
    }
    const drive = Math.max(at(sums, 2 * p), at(sums, 2 * p + 1)) * SLACK * margin;
    // The unit is the limit over the largest word; where roundings alone fill it, no proof holds.
    return (gain * drive) / Math.max(1 - gain / maxMagnitude(width), 0.5);
  });
}
