import { symmetricRange } from '../fixed/range.js';
import type { Rounding } from '../fixed/rounding.js';
import type { MatvecNode, Node, RequantizeNode } from '../network/types.js';
import type { PreparedDense } from '../s5/prepare.js';
import { fitRows, matvecNode, rowScales, type CoreSettings } from './core.js';

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
  settings: Pick<CoreSettings, 'scales'>,
  weightWidth: number,
  rounding: Rounding,
): { readonly matvec: MatvecNode; readonly out: RequantizeNode } {
  const { inputs, outputs, weights, bias } = dense;
  const { kind, perChannel } = settings.scales;
  const sourceScale = source.format.scale[0] ?? 1;
  const rows = Array.from({ length: outputs }, (_, m) =>
    weights.slice(m * inputs, (m + 1) * inputs),
  );
  const base = rowScales(rows, weightWidth, kind, perChannel);
  const fit = fitRows(
    base.map((scale) => (scale * sourceScale) / target.scale),
    settings,
  );
  const scale = base.map((s, m) => s * (fit.growth[m] ?? 1));
  const matvec = matvecNode(id, source, rows, scale, weightWidth, sourceScale);
  const offset = Array.from(bias, (b) => Math.round((b / target.scale) * 2 ** fit.shift) + 0);
  const out: RequantizeNode = {
    op: 'requantize',
    id: `${id}_out`,
    source: id,
    length: outputs,
    multiplier: fit.multiplier,
    offset: offset.every((b) => b === 0) ? [0] : offset,
    shift: fit.shift,
    rounding,
    format: { width: target.width, scale: [target.scale] },
    range: symmetricRange(target.width),
  };
  return { matvec, out };
}
