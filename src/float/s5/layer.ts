import { addAll, applyAll, geluOf, multiplyAll, sigmoidOf } from './activation.js';
import { readStates, type S5Shape } from './model.js';
import { applyNorm } from './norm.js';
import type { PreparedDense, PreparedLayer } from './prepare.js';
import { joinStates, scanStates } from './scan.js';
import { applyRows, at } from './vector.js';

/**
 * The activations that an observer sees, in the order of computation; [L, H] where not said.
 *
 * - `layer_input`: the residual stream entering the layer
 * - `u`: what enters the SSM: normalised with prenorm, else the layer input
 * - `state_re`, `state_im`: [L, S], S = P, or 2P when bidirectional (forward first)
 * - `y`: SSM output with D u
 * - `gelu`: gelu(y)
 * - `value`: out1(gelu(y)), full_glu only
 * - `gate_input`, `gate_output`: out2(gelu(y)) before and after the sigmoid; GLUs only
 * - `branch`: what is added to the residual stream
 * - `residual`: that sum; it differs from the layer output without prenorm only
 * - `layer_output`: the residual stream leaving the layer
 * - `pooled`: what enters the decoder, [1, H], or [L, H] without pooling; layer = number of layers
 */
export type ObservedTensor =
  | 'layer_input'
  | 'u'
  | 'state_re'
  | 'state_im'
  | 'y'
  | 'gelu'
  | 'value'
  | 'gate_input'
  | 'gate_output'
  | 'branch'
  | 'residual'
  | 'layer_output'
  | 'pooled';

/**
 * Called with each activation over the whole sequence, [L, width] row-major. The arrays are the
 * network's own: an observer must not write to them.
 */
export type Observer = (
  layer: number,
  tensor: ObservedTensor,
  data: Float64Array,
  width: number,
) => void;

/** Norm (with prenorm) and SSM of layer `index`: y, [L, H], of its input [L, H]. */
export function runSsm(
  layer: PreparedLayer,
  shape: S5Shape,
  index: number,
  input: Float64Array,
  observe?: Observer,
): Float64Array {
  const { features } = shape;
  const length = input.length / features;
  const width = readStates(shape);
  observe?.(index, 'layer_input', input, features);
  const u = shape.prenorm ? applyNorm(input, features, layer.norm) : input;
  observe?.(index, 'u', u, features);

  const drive = applyRows(u, length, features, layer.inputWeights, 2 * shape.stateSize);
  const states = scanStates(layer.discrete, drive, shape.bidirectional);
  observe?.(index, 'state_re', states.re, width);
  observe?.(index, 'state_im', states.im, width);

  const joined = joinStates(states, width);
  const y = applyRows(joined, length, 2 * width, layer.outputWeights, features);
  for (let from = 0; from < y.length; from += features) {
    for (let h = 0; h < features; h++) {
      y[from + h] = at(y, from + h) + at(layer.feedthrough, h) * at(u, from + h);
    }
  }
  observe?.(index, 'y', y, features);
  return y;
}

/** The whole of layer `index`: the residual stream [L, H] after it. */
export function runLayer(
  layer: PreparedLayer,
  shape: S5Shape,
  index: number,
  input: Float64Array,
  observe?: Observer,
): Float64Array {
  const { features } = shape;
  const y = runSsm(layer, shape, index, input, observe);
  const branch = activate(layer, shape, index, y, observe);
  observe?.(index, 'branch', branch, features);
  const residual = addAll(input, branch);
  observe?.(index, 'residual', residual, features);
  const output = shape.prenorm ? residual : applyNorm(residual, features, layer.norm);
  observe?.(index, 'layer_output', output, features);
  return output;
}

/**
 * - gelu: g = gelu(y)
 * - full_glu: out1(g) sigmoid(out2(g))
 * - half_glu1: g sigmoid(out2(g))
 * - half_glu2: y sigmoid(out2(g))
 *
 * gelu and sigmoid are those of `shape`. Source: lindermanlab/S5 s5/layers.py.
 */
function activate(
  layer: PreparedLayer,
  shape: S5Shape,
  index: number,
  y: Float64Array,
  observe?: Observer,
): Float64Array {
  const { features, activation } = shape;
  const g = applyAll(y, geluOf(shape.gelu));
  observe?.(index, 'gelu', g, features);
  if (activation === 'gelu') return g;
  const value = activation === 'half_glu1' ? g : activation === 'half_glu2' ? y : undefined;
  const product = value ?? runDense(layer.out1, g);
  if (activation === 'full_glu') observe?.(index, 'value', product, features);
  const gateInput = runDense(layer.out2, g);
  observe?.(index, 'gate_input', gateInput, features);
  const gate = applyAll(gateInput, sigmoidOf(shape.sigmoid));
  observe?.(index, 'gate_output', gate, features);
  return multiplyAll(product, gate);
}

/** Every row of `x` [L, inputs] through a dense map: [L, outputs]. */
export function runDense(dense: PreparedDense | undefined, x: Float64Array): Float64Array {
  if (dense === undefined) throw new TypeError('the activation needs a dense map the layer lacks');
  const { inputs, outputs, weights, bias } = dense;
  return applyRows(x, x.length / inputs, inputs, weights, outputs, bias);
}
