import { symmetricRange } from '../fixed/range.js';
import type { IntegerNetwork, Node, PoolNode } from '../network/types.js';
import type { Pooling } from '../s5/model.js';
import type { PreparedModel } from '../s5/prepare.js';
import type { NetworkRanges } from './calibrate_network.js';
import type { CoreSource } from './core.js';
import { denseNodes } from './dense.js';
import { encoderNodes } from './encoder.js';
import { layerNodes } from './layer.js';
import { checkExact } from './nodes.js';
import { activationScale } from './scales.js';
import type { NetworkSettings } from './settings.js';

/**
 * The whole network as an integer network: encoder, layers, pool, decoder. Ids of layer n start
 * with `l<n>_`. The residual stream has one scale throughout, so that the skip needs no
 * requantisation.
 *
 * @throws E_UNSTABLE, E_WIDTH
 */
export function quantizeNetwork(
  model: PreparedModel,
  ranges: NetworkRanges,
  settings: NetworkSettings,
): IntegerNetwork {
  const { shape } = model;
  const { rounding, scales } = settings;
  const formatOf = (absMax: number) => ({
    width: settings.residual,
    scale: activationScale(absMax, settings.residual, scales.kind),
  });
  const nodes: Node[] = [...encoderNodes(model.encoder, formatOf(ranges.residual), settings)];
  const lastNode = (): Node => {
    const node = nodes.at(-1);
    if (node === undefined) throw new Error('a network without an encoder');
    return node;
  };
  model.layers.forEach((layer, n) => {
    const layerSettings = settings.layers[n];
    const layerRanges = ranges.layers[n];
    if (layerSettings === undefined || layerRanges === undefined) throw new Error(`layer ${n}`);
    // Each bidirectional layer turns the sequence round.
    const source: CoreSource = { node: lastNode(), backwards: shape.bidirectional && n % 2 === 1 };
    nodes.push(
      ...layerNodes({
        model,
        layer,
        ranges: layerRanges,
        settings: { ...layerSettings, name: settings.name, scales },
        source,
        prefix: `l${n}_`,
      }),
    );
  });
  const backwards = shape.bidirectional && shape.layers % 2 === 1;
  nodes.push(...poolNodes(shape.pooling, lastNode(), backwards, settings));
  const decoder = denseNodes(
    'decoder',
    model.decoder,
    lastNode(),
    formatOf(ranges.output),
    scales,
    settings.decoder,
    rounding.requantize,
  );
  nodes.push(decoder.matvec, decoder.out);
  nodes.forEach(checkExact);
  const limited = shape.pooling === 'mean' || shape.bidirectional;
  return {
    name: settings.name,
    nodes,
    output: decoder.out.id,
    ...(limited ? { maxLength: settings.maxLength } : {}),
  };
}

/** The pool at the end of the layers, in the format of the residual stream. */
function poolNodes(
  pooling: Pooling,
  source: Node,
  backwards: boolean,
  { rounding }: NetworkSettings,
): readonly PoolNode[] {
  if (pooling === 'none') return [];
  return [
    {
      op: 'pool',
      id: 'pool',
      source: source.id,
      length: source.length,
      mode: pooling === 'mean' ? 'mean' : backwards ? 'first' : 'last',
      rounding: rounding.requantize,
      format: source.format,
      range: pooling === 'mean' ? symmetricRange(source.format.width) : source.range,
    },
  ];
}
