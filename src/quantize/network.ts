import { Qs5Error } from '../errors.js';
import { fullRange, maxMagnitude, signedWidth, symmetricRange } from '../fixed/range.js';
import { productRange } from '../network/bounds.js';
import type {
  GateNode,
  InputNode,
  IntegerNetwork,
  LookupNode,
  Node,
  RequantizeNode,
  ResidualNode,
} from '../network/types.js';
import { gelu, sigmoid } from '../s5/activation.js';
import type { PreparedLayer, PreparedModel } from '../s5/prepare.js';
import type { LayerRanges, NetworkRanges } from './calibrate_network.js';
import { ssmNodes, type FloatCore } from './core.js';
import { denseNodes } from './dense.js';
import { checkExact, requantizeNode } from './nodes.js';
import { activationScale, fitMultipliers, quantizeValue } from './scales.js';
import type { CorePrecision, CoreSettings } from './settings.js';

export interface NetworkSettings {
  readonly name: string;
  /** Per layer, in order. */
  readonly layers: readonly LayerSettings[];
  /** Word lengths outside the layers. */
  readonly encoder: number;
  readonly decoder: number;
  readonly residual: number;
  readonly rounding: CoreSettings['rounding'];
  readonly scales: CoreSettings['scales'];
  /** Format of the input. */
  readonly input: { readonly width: number; readonly scale: number };
}

export interface LayerSettings {
  readonly precision: CorePrecision & { readonly non_ssm: number };
  readonly lambdaForm: CoreSettings['lambdaForm'];
  readonly rounding: CoreSettings['rounding'];
}

/** Longest word that a table can be addressed with. */
const MAX_TABLE_BITS = 14;

/**
 * The whole network as an integer network that yields an output every step: encoder, layers,
 * decoder. Ids of layer n start with `l<n>_`. The residual stream has one scale throughout, so
 * that the skip needs no requantisation.
 *
 * @throws E_UNSTABLE, E_WIDTH
 */
export function quantizeNetwork(
  model: PreparedModel,
  ranges: NetworkRanges,
  settings: NetworkSettings,
): IntegerNetwork {
  const { kind } = settings.scales;
  const residual = {
    width: settings.residual,
    scale: activationScale(ranges.residual, settings.residual, kind),
  };
  const input: InputNode = {
    op: 'input',
    id: 'input',
    length: model.shape.inputs,
    format: { width: settings.input.width, scale: [settings.input.scale] },
    range: fullRange(settings.input.width),
  };
  const { rounding } = settings;
  const encoder = denseNodes(
    'encoder',
    model.encoder,
    input,
    residual,
    settings.scales,
    settings.encoder,
    rounding.requantize,
  );
  const nodes: Node[] = [input, encoder.matvec, encoder.out];
  let stream: Node = encoder.out;
  model.layers.forEach((layer, n) => {
    const layerSettings = settings.layers[n];
    const layerRanges = ranges.layers[n];
    if (layerSettings === undefined || layerRanges === undefined) throw new Error(`layer ${n}`);
    const made = layerNodes({
      model,
      layer,
      ranges: layerRanges,
      settings: { ...layerSettings, name: settings.name, scales: settings.scales },
      source: stream,
      prefix: `l${n}_`,
    });
    nodes.push(...made);
    stream = made.at(-1) ?? stream;
  });
  const output = {
    width: settings.residual,
    scale: activationScale(ranges.output, settings.residual, kind),
  };
  const decoder = denseNodes(
    'decoder',
    model.decoder,
    stream,
    output,
    settings.scales,
    settings.decoder,
    rounding.requantize,
  );
  nodes.push(decoder.matvec, decoder.out);
  nodes.forEach(checkExact);
  return { name: settings.name, nodes, output: decoder.out.id };
}

interface LayerRequest {
  readonly model: PreparedModel;
  readonly layer: PreparedLayer;
  readonly ranges: LayerRanges;
  readonly settings: CoreSettings & LayerSettings;
  /** The residual stream that enters. */
  readonly source: Node;
  readonly prefix: string;
}

/** One layer: SSM, activation, residual sum, and the batch norm where it belongs. */
function layerNodes(request: LayerRequest): Node[] {
  const { model, layer, ranges, settings, source, prefix } = request;
  const { shape } = model;
  const ssm = ssmNodes(floatCoreOf(model, layer), ranges.core, settings, source, prefix);
  const branch = branchNodes(request, ssm.y);
  const last = branch.at(-1) ?? ssm.y;
  const sum: ResidualNode = {
    op: 'residual',
    id: `${prefix}residual`,
    source: last.id,
    input: source.id,
    length: source.length,
    format: source.format,
    range: symmetricRange(source.format.width),
  };
  const nodes: Node[] = [...ssm.nodes, ...branch, sum];
  if (shape.prenorm) return nodes;
  return [...nodes, postnorm(request, sum)];
}

/** The SSM core of a layer, with the batch norm before it where there is one. */
export function floatCoreOf(model: PreparedModel, layer: PreparedLayer): FloatCore {
  const { features, stateSize, prenorm } = model.shape;
  const { norm } = layer;
  return {
    features,
    states: stateSize,
    layer,
    ...(prenorm && norm.kind === 'batch' ? { affine: norm } : {}),
  };
}

/** From y to what is added to the residual stream, at its scale; formulas in `s5/activation.ts`. */
function branchNodes({ model, layer, ranges, settings, source, prefix }: LayerRequest, y: Node) {
  const { activation } = model.shape;
  const { precision, rounding, scales } = settings;
  const width = precision.non_ssm_act;
  const residual = { width: source.format.width, scale: source.format.scale[0] ?? 1 };
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
  const sigma = lookupNode(`${prefix}sigmoid`, gate.out, sigmoid, {
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

/** Batch norm after the residual sum, in the format of the residual stream. */
function postnorm({ layer, settings, prefix }: LayerRequest, sum: ResidualNode): RequantizeNode {
  const { norm } = layer;
  const fit = fitMultipliers(Array.from(norm.gain), settings.scales.multiplierBits);
  const { requantize } = settings.rounding;
  return requantizeNode(`${prefix}postnorm`, sum, fit, sum.format, requantize, norm.offset);
}

/** A function as a table over every code of its source. */
function lookupNode(
  id: string,
  source: Node,
  f: (x: number) => number,
  target: { readonly width: number; readonly scale: number },
): LookupNode {
  const bits = source.format.width;
  if (bits > MAX_TABLE_BITS) {
    throw new Qs5Error('E_WIDTH', {
      subject: id,
      message: `A table over ${bits} bits has ${2 ** bits} entries; up to ${MAX_TABLE_BITS} bits are built.`,
      hint: 'use fewer bits for non_ssm_act.',
    });
  }
  const [scale = 1] = source.format.scale;
  const table = Int32Array.from({ length: 2 ** bits }, (_, code) => {
    const word = Math.max(code < 2 ** (bits - 1) ? code : code - 2 ** bits, -maxMagnitude(bits));
    return quantizeValue(f(word * scale), target.scale, target.width);
  });
  const lo = table.reduce((a, b) => Math.min(a, b));
  const hi = table.reduce((a, b) => Math.max(a, b));
  return {
    op: 'lookup',
    id,
    source: source.id,
    length: source.length,
    table,
    format: { width: target.width, scale: [target.scale] },
    range: { lo, hi },
  };
}
