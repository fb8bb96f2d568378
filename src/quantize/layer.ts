import { signedWidth, symmetricRange } from '../fixed/range.js';
import { productRange } from '../network/bounds.js';
import type { GateNode, Node, ResidualNode } from '../network/types.js';
import { geluOf, sigmoidOf } from '../s5/activation.js';
import type { PreparedLayer, PreparedModel } from '../s5/prepare.js';
import type { LayerRanges } from './calibrate_network.js';
import { ssmNodes, type CoreSource, type FloatCore } from './core.js';
import { denseNodes } from './dense.js';
import { lookupNode } from './lookup.js';
import { requantizeNode } from './nodes.js';
import { normNodes } from './norm.js';
import { activationScale, fitMultipliers } from './scales.js';
import type { CoreSettings, LayerSettings } from './settings.js';

export interface LayerRequest {
  readonly model: PreparedModel;
  readonly layer: PreparedLayer;
  readonly ranges: LayerRanges;
  readonly settings: CoreSettings & LayerSettings;
  /** The residual stream that enters. */
  readonly source: CoreSource;
  readonly prefix: string;
}

/**
 * One layer: SSM, activation, residual sum, and the norm where it belongs. The last node is the
 * residual stream that leaves, turned round where the layer is bidirectional.
 */
export function layerNodes(request: LayerRequest): readonly Node[] {
  const { model, layer, ranges, settings, source, prefix } = request;
  const ssm = ssmNodes(floatCoreOf(model, layer), ranges.core, settings, source, prefix);
  const { skip } = ssm;
  const branch = branchNodes(request, ssm.y);
  const sum: ResidualNode = {
    op: 'residual',
    id: `${prefix}residual`,
    source: (branch.at(-1) ?? ssm.y).id,
    input: skip.id,
    length: skip.length,
    format: skip.format,
    range: symmetricRange(skip.format.width),
  };
  const nodes: Node[] = [...ssm.nodes, ...branch, sum];
  if (model.shape.prenorm) return nodes;
  const target = { width: sum.format.width, scale: sum.format.scale[0] ?? 1 };
  const { scales, rounding } = settings;
  const id = `${prefix}postnorm`;
  return [
    ...nodes,
    ...normNodes(id, layer.norm, sum, target, scales.multiplierBits, rounding.requantize),
  ];
}

/** The SSM core of a layer, with the norm before it where there is one. */
export function floatCoreOf(model: PreparedModel, layer: PreparedLayer): FloatCore {
  const { features, stateSize, prenorm, bidirectional } = model.shape;
  const { norm } = layer;
  return { features, states: stateSize, bidirectional, layer, ...(prenorm ? { norm } : {}) };
}

/** From y to what is added to the residual stream, at its scale; formulas in `s5/activation.ts`. */
function branchNodes({ model, layer, ranges, settings, source, prefix }: LayerRequest, y: Node) {
  const { activation } = model.shape;
  const gelu = geluOf(model.shape.gelu);
  const { precision, rounding, scales } = settings;
  const width = precision.non_ssm_act;
  const residual = { width: source.node.format.width, scale: source.node.format.scale[0] ?? 1 };
  const format = (absMax: number) => ({
    width,
    scale: activationScale(absMax, width, scales.kind),
  });

  if (activation === 'gelu') return [lookupNode(`${prefix}gelu`, y, gelu, residual)];

  const g = lookupNode(`${prefix}gelu`, y, gelu, format(ranges.gelu));
  const { out1, out2 } = layer;
  if (out2 === undefined) throw new Error('a GLU without out2');
  const dense = (id: string, map: typeof out2, absMax: number) =>
    denseNodes(id, map, g, format(absMax), scales, precision.non_ssm, rounding.requantize);
  const gate = dense(`${prefix}gate`, out2, ranges.gateInput);
  const sigma = lookupNode(`${prefix}sigmoid`, gate.out, sigmoidOf(model.shape.sigmoid), {
    width,
    scale: activationScale(1, width, scales.kind),
  });
  const value =
    activation === 'full_glu' && out1 ? dense(`${prefix}value`, out1, ranges.value) : undefined;
  const a = value?.out ?? (activation === 'half_glu2' ? y : g);
  const product: GateNode = {
    op: 'gate',
    id: `${prefix}product`,
    source: sigma.id,
    input: a.id,
    length: y.length,
    format: {
      width: signedWidth(productRange(a.range, sigma.range)),
      scale: [(a.format.scale[0] ?? 1) * (sigma.format.scale[0] ?? 1)],
    },
    range: productRange(a.range, sigma.range),
  };
  const fit = fitMultipliers(
    [(product.format.scale[0] ?? 1) / residual.scale],
    scales.multiplierBits,
  );
  const branchFormat = { width: residual.width, scale: [residual.scale] };
  const branch = requantizeNode(`${prefix}branch`, product, fit, branchFormat, rounding.requantize);
  const values = value === undefined ? [] : [value.matvec, value.out];
  return [g, ...values, gate.matvec, gate.out, sigma, product, branch];
}
