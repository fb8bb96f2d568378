import { at } from '../../base/at.js';
import { Qs5Error } from '../../base/errors.js';
import { signedWidth, type Range } from '../../base/fixed/range.js';
import type { Rounding } from '../../base/fixed/rounding.js';
import type { LayerNormNode, Node, NodeName, ProvableTensor, RequantizeNode } from '../types.js';
import type { PreparedNorm } from '../../float/s5/prepare.js';
import type { NetworkBuilder } from './builder.js';
import { nameOf } from './names.js';
import { requantizeNode } from './nodes.js';
import { absMax, fitMultipliers } from './scales.js';

/** Fraction bits of the table of reciprocal square roots, and the longest index into it. */
const RSQRT_FRAC = 16;
const MAX_INDEX_BITS = 12;
/** Longest epsilon that `rtl/qs5_layer_norm.v` takes. */
const MAX_EPSILON_BITS = 60;

/** Where the normalised vector goes. */
export interface NormTarget {
  readonly width: number;
  readonly scale: number;
}

/** The place of a norm in the network. */
export interface NormPlace {
  readonly role: 'norm' | 'norm_reversed' | 'postnorm';
  readonly layer: number | undefined;
  readonly tensor?: ProvableTensor;
}

/**
 * A norm, its last node in the format of `target`. Batch norm, and no norm at all, is one
 * requantisation; layer norm has a node `<role>_layer` before it.
 */
export function addNorm(
  builder: NetworkBuilder,
  { role, layer, tensor }: NormPlace,
  norm: PreparedNorm | undefined,
  source: Node,
  target: NormTarget,
  multiplierBits: number,
  rounding: Rounding,
): RequantizeNode {
  const from: Node =
    norm?.kind === 'layer'
      ? builder.add(layerNormNode(nameOf(`${role}_layer`, layer), norm, source, target, rounding), {
          kind: 'layer_norm',
          epsilon: epsilonOf(norm, source),
        })
      : source;
  const fromScale = at(from.format.scale, 0);
  const gains = norm?.gain ?? new Float64Array(1).fill(1);
  const ratio = gains.map((gain) => (gain * fromScale) / target.scale);
  const fit = fitMultipliers([...ratio], multiplierBits);
  const format = { width: target.width, scale: [target.scale] };
  const name = nameOf(role, layer, tensor);
  return builder.add(requantizeNode(name, from, fit, format, rounding, norm?.offset), {
    kind: 'ratio',
    ratio,
  });
}

/** eps at the scale of H^2 times the variance of the words. */
function epsilonOf({ eps }: { readonly eps: number }, { length, format }: Node): number {
  const [scale = 1] = format.scale;
  return (eps * length * length) / (scale * scale);
}

/** Mean and variance of the vector taken out; the gain and bias of the norm follow it. */
function layerNormNode(
  name: NodeName,
  norm: PreparedNorm & { readonly kind: 'layer' },
  source: Node,
  target: NormTarget,
  rounding: Rounding,
): LayerNormNode {
  const { length } = source;
  // An eighth of a step of the result, whatever the gain.
  const wanted = Math.ceil(Math.log2(Math.max(absMax(norm.gain), 2 ** -20) / target.scale)) + 2;
  const outFrac = Math.min(Math.max(wanted, 1), RSQRT_FRAC);
  const indexBits = Math.min(target.width + 2, MAX_INDEX_BITS);
  const unit = 2 ** indexBits;
  const table = Int32Array.from({ length: 3 * unit }, (_, i) =>
    Math.round(2 ** RSQRT_FRAC / Math.sqrt(1 + (i + 0.5) / unit)),
  );
  // |x - mean| is at most sqrt(length) standard deviations; the table is right to one part in
  // 2^indexBits.
  const bound = Math.ceil(Math.sqrt(length) * 2 ** outFrac * (1 + 1 / unit)) + 1;
  const range: Range = { lo: -bound, hi: bound };
  const epsilon = Math.round(epsilonOf(norm, source));
  if (epsilon >= 2 ** MAX_EPSILON_BITS) {
    throw new Qs5Error('E_WIDTH', {
      subject: name.id,
      message: `The epsilon of the norm takes ${Math.floor(Math.log2(epsilon)) + 1} bits at the scale of the residual stream; up to ${MAX_EPSILON_BITS} are built.`,
      hint: 'use fewer bits for residual, or a larger calibration margin.',
    });
  }
  return {
    op: 'layer_norm',
    ...name,
    source: source.id,
    length,
    epsilon: BigInt(Math.max(1, epsilon)),
    indexBits,
    frac: RSQRT_FRAC,
    outFrac,
    table,
    rounding,
    format: { width: signedWidth(range), scale: [2 ** -outFrac] },
    range,
  };
}
