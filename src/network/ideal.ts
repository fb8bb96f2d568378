import { geluOf, sigmoidOf } from '../float/s5/activation.js';
import type { GeluKind, SigmoidKind } from '../float/s5/model.js';

/** The real parameters of a node, in units of its format, where the formats do not say all. */
export type Ideal =
  | {
      readonly kind: 'weights';
      /** Real weights over the words of the source: row-major, or one per element. */
      readonly weights: Float64Array;
      /** The mean error of the sums that the offset behind them makes up for, [rows]. */
      readonly missing?: Float64Array;
    }
  | {
      readonly kind: 'poles';
      /** [P] */
      readonly re: Float64Array;
      readonly im: Float64Array;
      /** Factor on the drive that makes up for the quantised poles, [P]. */
      readonly gainRe: Float64Array;
      readonly gainIm: Float64Array;
      /** Poles that plain rounding would have put on or outside the unit circle. */
      readonly pushedOut: number;
    }
  | {
      readonly kind: 'function';
      readonly function: LookupFunction;
    }
  | {
      readonly kind: 'ratio';
      /** Result over source of a requantisation: per element, or one for all. */
      readonly ratio: Float64Array;
    }
  | {
      readonly kind: 'layer_norm';
      /** Epsilon of H sum x^2 - (sum x)^2 + epsilon. */
      readonly epsilon: number;
    };

/** Functions that tables hold. */
export type LookupFunction =
  | { readonly name: 'gelu'; readonly variant: GeluKind }
  | { readonly name: 'sigmoid'; readonly variant: SigmoidKind };

/** The function itself. */
export function functionOf(which: LookupFunction): (x: number) => number {
  return which.name === 'gelu' ? geluOf(which.variant) : sigmoidOf(which.variant);
}
