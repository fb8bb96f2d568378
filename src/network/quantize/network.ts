import { symmetricRange } from '../../base/fixed/range.js';
import type { Node } from '../types.js';
import type { Pooling } from '../../float/s5/model.js';
import type { PreparedModel } from '../../float/s5/prepare.js';
import type { NetworkRanges } from './calibrate_network.js';
import type { CoreSource } from './core.js';
import { createBuilder, type NetworkBuilder, type Quantized } from './builder.js';
import { addDense } from './dense.js';
import { addEncoder } from './encoder.js';
import type { WeightFit } from './fit.js';
import { addLayer } from './layer.js';
import { nameOf } from './names.js';
import { activationScale } from './scales.js';
import type { NetworkSettings } from './settings.js';

/**
 * The whole network as an integer network: encoder, layers, pool, decoder. Ids of layer n start
 * with `l<n>_`. The residual stream has one scale throughout, so that the skip needs no
 * requantisation.
 *
 * @param fit how the weights become integers.
 * @throws E_UNSTABLE, E_WIDTH
 */
export function quantizeNetwork(
  model: PreparedModel,
  ranges: NetworkRanges,
  settings: NetworkSettings,
  fit: WeightFit,
): Quantized {
  const { shape } = model;
  const { rounding, scales } = settings;
  const formatOf = (absMax: number, fallback?: number) => ({
    width: settings.residual,
    scale: activationScale(absMax, settings.residual, scales.kind, fallback),
  });
  const builder = createBuilder(fit);
  const residual = formatOf(ranges.residual);
  let stream = addEncoder(builder, model.encoder, residual, settings);
  model.layers.forEach((layer, n) => {
    const layerSettings = settings.layers[n];
    const layerRanges = ranges.layers[n];
    if (layerSettings === undefined || layerRanges === undefined) throw new Error(`layer ${n}`);
    // Each bidirectional layer turns the sequence round.
    const source: CoreSource = { node: stream, backwards: shape.bidirectional && n % 2 === 1 };
    stream = addLayer(builder, {
      model,
      layer,
      index: n,
      ranges: layerRanges,
      settings: {
        ...layerSettings,
        name: settings.name,
        scales,
        poles: settings.poles,
        proof: settings.proof,
      },
      source,
    });
  });
  const backwards = shape.bidirectional && shape.layers % 2 === 1;
  const output = addDense(builder, {
    role: 'decoder',
    tensor: 'output',
    dense: model.decoder,
    source: addPool(builder, shape.pooling, stream, backwards, settings),
    reads: { tensor: 'pooled' },
    target: formatOf(ranges.output, residual.scale),
    ...(settings.proof.tensors.has('output') ? { proof: settings.proof } : {}),
    scales,
    weightWidth: settings.decoder,
    rounding: rounding.requantize,
  });
  const limited = shape.pooling === 'mean' || shape.bidirectional;
  const { nodes, ideals } = builder;
  const network = {
    name: settings.name,
    nodes,
    output: output.id,
    ...(limited ? { maxLength: settings.maxLength } : {}),
  };
  return { network, ideals };
}

/** The pool at the end of the layers, in the format of the residual stream. */
function addPool(
  builder: NetworkBuilder,
  pooling: Pooling,
  source: Node,
  backwards: boolean,
  { rounding }: NetworkSettings,
): Node {
  if (pooling === 'none') return source;
  return builder.add({
    op: 'pool',
    ...nameOf('pool'),
    source: source.id,
    length: source.length,
    mode: pooling === 'mean' ? 'mean' : backwards ? 'first' : 'last',
    rounding: rounding.requantize,
    format: source.format,
    range: pooling === 'mean' ? symmetricRange(source.format.width) : source.range,
  });
}
