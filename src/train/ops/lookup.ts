import { erfGelu, gelu, hardSigmoid, qGelu, sigmoid } from '../../float/s5/activation.js';
import { erfc } from '../../float/s5/erf.js';
import type { GeluKind, SigmoidKind } from '../../float/s5/model.js';
import { at } from '../../float/s5/vector.js';

/** Functions of one word: the three GELUs, and the two sigmoids. */
export type LookupFunction = 'gelu' | 'erf_gelu' | 'q_gelu' | 'sigmoid' | 'hard_sigmoid';

/** The GELU of a model. */
export function geluFunction(kind: GeluKind): LookupFunction {
  switch (kind) {
    case 'exact':
      return 'gelu';
    case 'erf':
      return 'erf_gelu';
    case 'q_gelu':
      return 'q_gelu';
  }
}

/** The sigmoid of a model. */
export function sigmoidFunction(kind: SigmoidKind): LookupFunction {
  switch (kind) {
    case 'exact':
      return 'sigmoid';
    case 'hard':
      return 'hard_sigmoid';
  }
}

interface Differentiable {
  readonly value: (x: number) => number;
  /** The slope; at a corner that of the right side. */
  readonly slope: (x: number) => number;
}

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

const FUNCTIONS: Readonly<Record<LookupFunction, Differentiable>> = {
  gelu: {
    value: gelu,
    slope: (x) => {
      const t = Math.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x));
      const inner = SQRT_2_OVER_PI * (1 + 3 * 0.044715 * x * x);
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner;
    },
  },
  erf_gelu: {
    value: erfGelu,
    slope: (x) =>
      erfc(-x * Math.SQRT1_2) / 2 + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
  },
  q_gelu: {
    value: qGelu,
    slope: (x) => (x < -2 ? 0 : x < 2 ? (2 * x + 2) / 4 : 1),
  },
  sigmoid: {
    value: sigmoid,
    slope: (x) => sigmoid(x) * sigmoid(-x),
  },
  hard_sigmoid: {
    value: hardSigmoid,
    slope: (x) => (x >= -3 && x < 3 ? 1 / 6 : 0),
  },
};

/** out = f(x), slope = f'(x) for `count` words: the slopes are kept for the gradient. */
export function lookup(
  f: LookupFunction,
  x: Float64Array,
  out: Float64Array,
  slope: Float64Array,
  count: number,
): void {
  const one = FUNCTIONS[f];
  for (let i = 0; i < count; i++) {
    out[i] = one.value(at(x, i));
    slope[i] = one.slope(at(x, i));
  }
}

/** Adds slope dOut to the gradient of x. */
export function lookupGradient(
  slope: Float64Array,
  dOut: Float64Array,
  dX: Float64Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) dX[i] = at(dX, i) + at(slope, i) * at(dOut, i);
}
