import { runDense, runLayer, runSsm, type Observer } from './layer.js';
import type { Pooling } from './model.js';
import type { PreparedModel } from './prepare.js';
import { at } from './vector.js';

export type { ObservedTensor, Observer } from './layer.js';
export { prepare, type PreparedModel } from './prepare.js';

/**
 * The float network on one sequence: class scores before log_softmax, [outputs]; without pooling
 * those of every step, [L, outputs].
 *
 * @param input [L, inputs], row-major.
 * @param length L, at least 1.
 * @throws RangeError when `input` is not [length, inputs].
 */
export function forward(
  model: PreparedModel,
  input: Float64Array,
  length: number,
  observe?: Observer,
): Float64Array {
  const { shape, layers } = model;
  let x = encode(model, input, length);
  for (const [n, layer] of layers.entries()) x = runLayer(layer, shape, n, x, observe);
  const pooled = pool(x, shape.features, shape.pooling);
  observe?.(layers.length, 'pooled', pooled, shape.features);
  return runDense(model.decoder, pooled);
}

/**
 * The same as far as the SSM of layer `untilLayer`: the observer sees that layer up to `y`, and
 * nothing after it is computed.
 *
 * @param untilLayer 0 to layers - 1.
 */
export function observeUntilSsm(
  model: PreparedModel,
  input: Float64Array,
  length: number,
  untilLayer: number,
  observe: Observer,
): void {
  const { shape, layers } = model;
  const last = layers[untilLayer];
  if (last === undefined) throw new RangeError(`layer ${untilLayer} of ${layers.length}`);
  let x = encode(model, input, length);
  for (const [n, layer] of layers.slice(0, untilLayer).entries()) {
    x = runLayer(layer, shape, n, x, observe);
  }
  runSsm(last, shape, untilLayer, x, observe);
}

/** Index of the largest score; the first of equals. */
export function argmax(scores: Float64Array): number {
  return scores.reduce((best, score, i) => (score > at(scores, best) ? i : best), 0);
}

function encode(model: PreparedModel, input: Float64Array, length: number): Float64Array {
  if (length < 1 || input.length !== length * model.shape.inputs) {
    throw new RangeError(
      `${input.length} input values are not ${length} steps of ${model.shape.inputs}`,
    );
  }
  return runDense(model.encoder, input);
}

/** Input of the decoder from the residual stream [L, width]: one row, or all without pooling. */
function pool(x: Float64Array, width: number, pooling: Pooling): Float64Array {
  switch (pooling) {
    case 'none':
      return x;
    case 'last':
      return x.slice(x.length - width);
    case 'mean': {
      const sum = new Float64Array(width);
      for (let from = 0; from < x.length; from += width) {
        for (let h = 0; h < width; h++) sum[h] = at(sum, h) + at(x, from + h);
      }
      return sum.map((value) => value / (x.length / width));
    }
  }
}
