import type { GeluKind, SigmoidKind } from '../s5/model.js';

/**
 * What a node would do without its quantiser, in units of its format; by node id. What is not
 * here follows from the formats.
 */
export type Ideal =
  | {
      readonly kind: 'weights';
      /** Real weights over the words of the source: row-major, or one per element. */
      readonly weights: Float64Array;
      /** What the offset behind the weights makes up for, [rows]; none where not given. */
      readonly missing?: Float64Array;
    }
  | {
      readonly kind: 'poles';
      /** [P] */
      readonly re: Float64Array;
      readonly im: Float64Array;
      /** What the drive has been multiplied by for the sake of the quantised poles, [P]. */
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
      /** Of a requantisation: per element or one for all. */
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
