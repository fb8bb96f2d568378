import type { Rounding } from '../fixed/rounding.js';
import type { MatvecNode, Node, RequantizeNode } from '../network/types.js';
import type { PreparedDense } from '../s5/prepare.js';
import { fitRows, matvecNode, requantizeNode, rowScales } from './nodes.js';
import type { ScaleSettings } from './settings.js';

/** Where the result of a dense map goes. */
export interface DenseTarget {
  readonly width: number;
  readonly scale: number;
}

/**
 * A dense map with bias as two nodes, `<id>` and `<id>_out`: the exact product, and its
 * requantisation, whose offset is the bias.
 */
export function denseNodes(
  id: string,
  dense: PreparedDense,
  source: Node,
  target: DenseTarget,
  scales: ScaleSettings,
  weightWidth: number,
  rounding: Rounding,
): { readonly matvec: MatvecNode; readonly out: RequantizeNode } {
  const { inputs, outputs, weights, bias } = dense;
  const sourceScale = source.format.scale[0] ?? 1;
  const rows = Array.from({ length: outputs }, (_, m) =>
    weights.slice(m * inputs, (m + 1) * inputs),
  );
  const base = rowScales(rows, weightWidth, scales);
  const fit = fitRows(
    base.map((scale) => (scale * sourceScale) / target.scale),
    scales,
  );
  const scale = base.map((s, m) => s * (fit.growth[m] ?? 1));
  const matvec = matvecNode(id, source, rows, scale, weightWidth, sourceScale);
  const format = { width: target.width, scale: [target.scale] };
  const out = requantizeNode(`${id}_out`, matvec, fit, format, rounding, bias);
  return { matvec, out };
}
