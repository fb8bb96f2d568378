import { signedWidth, type Range } from '../../../base/fixed/range.js';
import { lambdaProductRange, rescaleWidth } from '../../bounds.js';
import type {
  LayerNormNode,
  MatvecNode,
  Node,
  RecurrenceNode,
  RequantizeNode,
} from '../../types.js';

/**
 * Which kernel is exact, from proved bounds. A kernel rounds in f64 with half a unit added, so
 * what it rounds may have a bit less than 53.
 */
const ROUNDED_BITS = 52;

function fits({ lo, hi }: Range, width: number): boolean {
  return signedWidth({ lo, hi }) <= width;
}

/** Words and weights of 16 bits, sums of 32: bounds of a row hold for every part of it. */
export function isNarrow(node: MatvecNode, source: Node): boolean {
  return node.weightWidth <= 16 && fits(source.range, 16) && fits(node.range, 32);
}

/** Product, and product with offset. */
export function isExactRequantize(node: RequantizeNode, source: Node): boolean {
  const { multiplier, offset } = node;
  return [offset, [0]].every((b) => rescaleWidth(source.range, multiplier, b) <= ROUNDED_BITS);
}

export function isExactRecurrence(node: RecurrenceNode): boolean {
  return fits(lambdaProductRange(node.lambda, node.range), ROUNDED_BITS);
}

/** H sum x^2 within 62 bits, products with the table within 52. */
export function isExactLayerNorm(node: LayerNormNode, source: Node): boolean {
  const width = signedWidth(source.range);
  const bits = Math.ceil(Math.log2(node.length));
  return (
    2 * (width + bits) <= 60 &&
    node.epsilon < 1n << 60n &&
    width + bits + 1 + node.frac + 1 <= ROUNDED_BITS &&
    node.frac >= node.outFrac
  );
}
