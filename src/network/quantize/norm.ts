import { at } from '../../base/at.js';
import { Qs5Error } from '../../base/errors.js';
import { signedWidth, type Range } from '../../base/fixed/range.js';
import type { FloatLayerNorm, FloatRequantize } from '../graph/types.js';
import type { Format, LayerNormNode, Node } from '../types.js';
import { placeOf, type Filling } from './filling.js';
import { requantizeNode } from './nodes.js';
import { largestNormed } from './real_bounds.js';
import { absMax, fitMultipliers } from './scales.js';
import { formatOf } from './slot_format.js';

/** Fraction bits of the table of reciprocal square roots, and the longest index into it. */
const RSQRT_FRAC = 16;
const MAX_INDEX_BITS = 12;
/** Longest epsilon that `rtl/qs5_layer_norm.v` takes. */
const MAX_EPSILON_BITS = 60;

/** A gain and an offset that no weights come before: of a norm, or to the scale of the stream. */
export function fillGain(node: FloatRequantize, filling: Filling): Node {
  const { settings } = filling;
  const source = filling.node(node.source);
  const format = normFormat(node, filling);
  const [from, to] = [at(source.format.scale, 0), at(format.scale, 0)];
  const ratio = Array.from(node.gain, (gain) => (gain * from) / to);
  const fit = fitMultipliers(ratio, settings.scales.multiplierBits);
  const { requantize } = settings.at(node.layer).rounding;
  return requantizeNode(placeOf(node), source, fit, format, requantize, node.offset);
}

/** The format behind a norm: it follows from what enters the norm as a whole. */
function normFormat(node: FloatRequantize, filling: Filling): Format {
  const before = filling.real(node.source);
  const layered = before.op === 'layer_norm';
  const source = filling.node(layered ? before.source : node.source);
  const { proof } = filling.settings;
  return formatOf(filling, node, source, () => largestNormed(node, layered, source, proof));
}

/** Mean and variance of the vector taken out; the gain and bias of the norm follow it. */
export function fillLayerNorm(node: FloatLayerNorm, filling: Filling): LayerNormNode {
  const source = filling.node(node.source);
  const affine = filling.reader(node.id);
  if (affine.op !== 'requantize') throw new Error(`${affine.op} reads ${node.id}`);
  const target = normFormat(affine, filling);
  const { length } = source;
  // An eighth of a step of the result, whatever the gain.
  const gain = Math.max(absMax(affine.gain), 2 ** -20);
  const wanted = Math.ceil(Math.log2(gain / at(target.scale, 0))) + 2;
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
  // eps at the scale of H^2 times the variance of the words.
  const scale = at(source.format.scale, 0);
  const epsilon = Math.round((node.eps * length * length) / (scale * scale));
  if (epsilon >= 2 ** MAX_EPSILON_BITS) {
    throw new Qs5Error('E_WIDTH', {
      subject: node.id,
      message: `The epsilon of the norm takes ${Math.floor(Math.log2(epsilon)) + 1} bits at the scale of the residual stream; up to ${MAX_EPSILON_BITS} are built.`,
      hint: 'use fewer bits for residual, or a larger calibration margin.',
    });
  }
  return {
    op: 'layer_norm',
    ...placeOf(node),
    source: source.id,
    length,
    epsilon: BigInt(Math.max(1, epsilon)),
    indexBits,
    frac: RSQRT_FRAC,
    outFrac,
    table,
    rounding: filling.settings.at(node.layer).rounding.requantize,
    format: { width: signedWidth(range), scale: [2 ** -outFrac] },
    range,
  };
}
