import { discretize, type DiscreteSystem } from './discretize.js';
import type { Dense, NormParameters, S5Layer, S5Model, S5Shape } from './model.js';
import { readStates } from './model.js';
import { at, transpose } from './vector.js';

/** A dense map with its kernel turned to [outputs, inputs], so that rows are dot products. */
export interface PreparedDense {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/**
 * Batch norm in inference is x * gain + offset per channel; layer norm takes mean and variance of
 * the step first, and has scale and bias as gain and offset.
 */
export type PreparedNorm =
  | { readonly kind: 'batch'; readonly gain: Float64Array; readonly offset: Float64Array }
  | {
      readonly kind: 'layer';
      readonly gain: Float64Array;
      readonly offset: Float64Array;
      readonly eps: number;
    };

export interface PreparedLayer {
  readonly discrete: DiscreteSystem;
  /** [2P, H]: real rows of bBar, then imaginary rows. */
  readonly inputWeights: Float64Array;
  /** [H, 2S], S states read: [k Re C | -k Im C], where k is 2 with conjugate symmetry, else 1. */
  readonly outputWeights: Float64Array;
  /** [H] */
  readonly feedthrough: Float64Array;
  readonly norm: PreparedNorm;
  readonly out1?: PreparedDense;
  readonly out2?: PreparedDense;
}

/** A model with everything computed that does not depend on the input. */
export interface PreparedModel {
  readonly shape: S5Shape;
  readonly encoder: PreparedDense;
  readonly layers: readonly PreparedLayer[];
  readonly decoder: PreparedDense;
}

/** Discretises and lays out the weights once, for any number of calls of `forward`. */
export function prepare(model: S5Model, stepRescale = 1): PreparedModel {
  const { shape } = model;
  return {
    shape,
    encoder: prepareDense(model.encoder),
    layers: model.layers.map((layer) => prepareLayer(layer, shape, stepRescale)),
    decoder: prepareDense(model.decoder),
  };
}

function prepareDense({ inputs, outputs, kernel, bias }: Dense): PreparedDense {
  return { inputs, outputs, weights: transpose(kernel, inputs, outputs), bias };
}

function prepareLayer(layer: S5Layer, shape: S5Shape, stepRescale: number): PreparedLayer {
  const discrete = discretize(layer.ssm, shape.discretization, stepRescale);
  const inputWeights = new Float64Array(2 * discrete.bBarRe.length);
  inputWeights.set(discrete.bBarRe);
  inputWeights.set(discrete.bBarIm, discrete.bBarRe.length);
  return {
    discrete,
    inputWeights,
    outputWeights: outputWeights(layer.ssm.c, shape),
    feedthrough: layer.ssm.d,
    norm: prepareNorm(layer.norm, shape),
    ...(layer.out1 === undefined ? {} : { out1: prepareDense(layer.out1) }),
    ...(layer.out2 === undefined ? {} : { out2: prepareDense(layer.out2) }),
  };
}

function outputWeights(c: Float64Array, shape: S5Shape): Float64Array {
  const states = readStates(shape);
  const factor = shape.conjSym ? 2 : 1;
  const weights = new Float64Array(shape.features * 2 * states);
  for (let h = 0; h < shape.features; h++) {
    for (let s = 0; s < states; s++) {
      const from = 2 * (h * states + s);
      weights[2 * h * states + s] = factor * at(c, from);
      weights[2 * h * states + states + s] = -factor * at(c, from + 1);
    }
  }
  return weights;
}

/** The affine form of batch norm: gain = scale / sqrt(var + eps), offset = bias - gain mean. */
export function batchAffine(
  norm: NormParameters,
  eps: number,
): { gain: Float64Array; offset: Float64Array } {
  const { mean, var: variance } = norm;
  if (mean === undefined || variance === undefined) {
    throw new TypeError('batch norm without running statistics');
  }
  const gain = norm.scale.map((scale, h) => scale / Math.sqrt(at(variance, h) + eps));
  const offset = norm.bias.map((bias, h) => bias - at(gain, h) * at(mean, h));
  return { gain, offset };
}

function prepareNorm(norm: NormParameters, shape: S5Shape): PreparedNorm {
  if (shape.norm === 'batch') return { kind: 'batch', ...batchAffine(norm, shape.normEps) };
  return { kind: 'layer', gain: norm.scale, offset: norm.bias, eps: shape.normEps };
}
