/** The float S5 model as plain data. Arrays are row-major; axes are named as in the S5 code. */

/** Activation between the SSM and the residual sum; see `activation.ts` for the formulas. */
export const ACTIVATIONS = ['gelu', 'full_glu', 'half_glu1', 'half_glu2'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/**
 * The GELU: `exact` is flax's tanh form, `erf` the one with the error function that PyTorch takes,
 * `q_gelu` the one without a transcendental of Q-S5.
 */
export const GELUS = ['exact', 'erf', 'q_gelu'] as const;
export type GeluKind = (typeof GELUS)[number];

/** The gate's sigmoid: the logistic function, or the piecewise linear one of Q-S5. */
export const SIGMOIDS = ['exact', 'hard'] as const;
export type SigmoidKind = (typeof SIGMOIDS)[number];

export const DISCRETIZATIONS = ['zoh', 'bilinear'] as const;
export type Discretization = (typeof DISCRETIZATIONS)[number];

export const NORMS = ['batch', 'layer'] as const;
export type Norm = (typeof NORMS)[number];

/** Input of the decoder: the mean over the steps, the last step, or every step. */
export const POOLINGS = ['mean', 'last', 'none'] as const;
export type Pooling = (typeof POOLINGS)[number];

/** The choices that a checkpoint carries: in its metadata, `normBias` by its tensors. */
export interface S5Architecture {
  readonly activation: Activation;
  readonly gelu: GeluKind;
  readonly sigmoid: SigmoidKind;
  readonly norm: Norm;
  /** True if norms have a bias of their own; always with batch norm. */
  readonly normBias: boolean;
  /** Added to the variance; above 0. */
  readonly normEps: number;
  /** True if the norm comes before the SSM; otherwise after the residual sum. */
  readonly prenorm: boolean;
  /** True if the stored states are one of each conjugate pair, so that y takes 2 Re(C x). */
  readonly conjSym: boolean;
  readonly bidirectional: boolean;
  readonly discretization: Discretization;
  readonly pooling: Pooling;
}

export interface S5Shape extends S5Architecture {
  readonly layers: number;
  /** H, the width of the residual stream. */
  readonly features: number;
  /** P, the number of stored complex states. */
  readonly stateSize: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** y = x kernel + bias. */
export interface Dense {
  readonly inputs: number;
  readonly outputs: number;
  /** [inputs, outputs], as flax has it. */
  readonly kernel: Float64Array;
  /** [outputs] */
  readonly bias: Float64Array;
}

/** The continuous-time system; the last axis of `b` and `c` is (real, imaginary). */
export interface SsmParameters {
  /** [P] */
  readonly lambdaRe: Float64Array;
  /** [P] */
  readonly lambdaIm: Float64Array;
  /** [P, H, 2] */
  readonly b: Float64Array;
  /** [H, P, 2]; [H, 2P, 2] when bidirectional, forward states first. */
  readonly c: Float64Array;
  /** [H] */
  readonly d: Float64Array;
  /** [P], natural logarithm of the step. */
  readonly logStep: Float64Array;
}

/** All [H]; mean and variance are the running statistics of batch norm. No bias is one of zeros. */
export interface NormParameters {
  readonly scale: Float64Array;
  readonly bias: Float64Array;
  readonly mean?: Float64Array;
  readonly var?: Float64Array;
}

export interface S5Layer {
  readonly ssm: SsmParameters;
  readonly norm: NormParameters;
  /** The value half of full_glu. */
  readonly out1?: Dense;
  /** The gate of every GLU. */
  readonly out2?: Dense;
}

export interface S5Model {
  readonly shape: S5Shape;
  readonly encoder: Dense;
  readonly layers: readonly S5Layer[];
  readonly decoder: Dense;
}

/** Which of the two dense maps an activation has. */
export function activationDenses(activation: Activation): readonly ('out1' | 'out2')[] {
  switch (activation) {
    case 'gelu':
      return [];
    case 'half_glu1':
    case 'half_glu2':
      return ['out2'];
    case 'full_glu':
      return ['out1', 'out2'];
  }
}

/** States that C reads: both directions' when bidirectional. */
export function readStates(shape: Pick<S5Shape, 'bidirectional' | 'stateSize'>): number {
  return shape.bidirectional ? 2 * shape.stateSize : shape.stateSize;
}
