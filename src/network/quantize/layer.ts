import { at } from '../../base/at.js';
import { signedWidth, symmetricRange } from '../../base/fixed/range.js';
import { productRange } from '../bounds.js';
import type { GateNode, Node, ResidualNode } from '../types.js';
import type { PreparedLayer, PreparedModel } from '../../float/s5/prepare.js';
import type { LayerRanges } from './calibrate_network.js';
import type { NetworkBuilder } from './builder.js';
import { addSsm, type CoreSource, type FloatCore } from './core.js';
import { addDense } from './dense.js';
import { addLookup } from './lookup.js';
import { nameOf } from './names.js';
import { requantizeNode } from './nodes.js';
import { addNorm } from './norm.js';
import type { RangeLimit } from './ranges.js';
import { activationScale, fitMultipliers } from './scales.js';
import type { CoreSettings, LayerSettings } from './settings.js';

export interface LayerRequest {
  readonly model: PreparedModel;
  readonly layer: PreparedLayer;
  /** Its number, from 0. */
  readonly index: number;
  readonly ranges: LayerRanges;
  readonly settings: CoreSettings & LayerSettings;
  /** The residual stream that enters. */
  readonly source: CoreSource;
}

/**
 * One layer: SSM, activation, residual sum, and the norm in its place. Returns the residual
 * stream behind it, reversed if the layer is bidirectional.
 */
export function addLayer(builder: NetworkBuilder, request: LayerRequest): Node {
  const { model, layer, index, ranges, settings, source } = request;
  const core = floatCoreOf(model, layer, index);
  const { y, skip } = addSsm(builder, core, ranges.core, settings, source, index);
  const branch = addBranch(builder, request, y);
  const sum = builder.add<ResidualNode>({
    op: 'residual',
    ...nameOf('residual', index),
    source: branch.id,
    input: skip.id,
    length: skip.length,
    format: skip.format,
    range: symmetricRange(skip.format.width),
  });
  if (model.shape.prenorm) return sum;
  const target = { width: sum.format.width, scale: at(sum.format.scale, 0) };
  const { scales, rounding } = settings;
  const place = { role: 'postnorm', layer: index } as const;
  return addNorm(
    builder,
    place,
    layer.norm,
    sum,
    target,
    scales.multiplierBits,
    rounding.requantize,
  );
}

/** The SSM core of a layer, with the norm before it where there is one. */
export function floatCoreOf(model: PreparedModel, layer: PreparedLayer, index: number): FloatCore {
  const { features, stateSize, prenorm, bidirectional } = model.shape;
  const { norm } = layer;
  return { features, states: stateSize, bidirectional, layer, index, ...(prenorm ? { norm } : {}) };
}

/** From y to what is added to the residual stream, at its scale; formulas in `float/s5/activation.ts`. */
function addBranch(
  builder: NetworkBuilder,
  { model, layer, index, ranges, settings, source }: LayerRequest,
  y: Node,
): Node {
  const { activation } = model.shape;
  const gelu = { name: 'gelu', variant: model.shape.gelu } as const;
  const { precision, rounding, scales } = settings;
  const width = precision.non_ssm_act;
  const residual = { width: source.node.format.width, scale: at(source.node.format.scale, 0) };
  const format = (limit: RangeLimit, from: Node) => ({
    width,
    scale: activationScale(limit(width), width, scales.kind, from.format.scale[0]),
  });

  const geluName = nameOf('gelu', index);
  if (activation === 'gelu') return addLookup(builder, geluName, y, gelu, residual);

  const g = addLookup(builder, geluName, y, gelu, format(ranges.gelu, y));
  const { out1, out2 } = layer;
  if (out2 === undefined) throw new Error('a GLU without out2');
  const { proof } = settings;
  const dense = (role: 'value' | 'gate', map: typeof out2, limit: RangeLimit) =>
    addDense(builder, {
      role,
      layer: index,
      tensor: role,
      dense: map,
      source: g,
      reads: { tensor: 'gelu', layer: index },
      target: format(limit, g),
      ...(proof.tensors.has(role) ? { proof } : {}),
      scales,
      weightWidth: precision.non_ssm,
      rounding: rounding.requantize,
    });
  const value = activation === 'full_glu' && out1 ? dense('value', out1, ranges.value) : undefined;
  const gate = dense('gate', out2, ranges.gateInput);
  const sigmoid = { name: 'sigmoid', variant: model.shape.sigmoid } as const;
  const sigma = addLookup(builder, nameOf('sigmoid', index), gate, sigmoid, {
    width,
    scale: activationScale(1, width, scales.kind),
  });
  const a = value ?? (activation === 'half_glu2' ? y : g);
  const range = productRange(a.range, sigma.range);
  const product = builder.add<GateNode>({
    op: 'gate',
    ...nameOf('product', index),
    source: sigma.id,
    input: a.id,
    length: y.length,
    format: {
      width: signedWidth(range),
      scale: [at(a.format.scale, 0) * at(sigma.format.scale, 0)],
    },
    range,
  });
  const fit = fitMultipliers([at(product.format.scale, 0) / residual.scale], scales.multiplierBits);
  const branchFormat = { width: residual.width, scale: [residual.scale] };
  return builder.add(
    requantizeNode(nameOf('branch', index), product, fit, branchFormat, rounding.requantize),
  );
}
