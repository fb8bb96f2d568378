import { at } from '../../base/at.js';
import type { Rounding } from '../../base/fixed/rounding.js';
import type { Node, ProvableTensor, RequantizeNode } from '../types.js';
import type { PreparedDense } from '../../float/s5/prepare.js';
import type { NetworkBuilder } from './builder.js';
import type { FloatTensor } from './fit.js';
import { nameOf } from './names.js';
import { addMatvec, fitRows, requantizeNode, rowScales } from './nodes.js';
import { largestSum, type ProofSettings } from './real_bounds.js';
import { activationScale } from './scales.js';
import type { ScaleSettings } from './settings.js';

/** Where the result of a dense map goes. */
export interface DenseTarget {
  readonly width: number;
  readonly scale: number;
}

export interface DenseRequest {
  readonly role: 'encoder' | 'value' | 'gate' | 'decoder';
  /** Number of the layer; absent outside the layers. */
  readonly layer?: number;
  /** The provable tensor that it yields. */
  readonly tensor?: ProvableTensor;
  readonly dense: PreparedDense;
  readonly source: Node;
  /** The float tensor that the source represents. */
  readonly reads: FloatTensor;
  /** Its scale is what calibration has seen; a proof takes its place. */
  readonly target: DenseTarget;
  readonly proof?: ProofSettings;
  readonly scales: ScaleSettings;
  readonly weightWidth: number;
  readonly rounding: Rounding;
}

/**
 * A dense map with bias as two nodes, `<role>` and `<role>_out`: the exact product, and its
 * requantisation, whose offset is the bias.
 */
export function addDense(builder: NetworkBuilder, request: DenseRequest): RequantizeNode {
  const { role, layer, tensor, dense, source, reads, target: seen, proof } = request;
  const { scales, weightWidth, rounding } = request;
  const { inputs, outputs, weights, bias } = dense;
  const map = {
    source,
    reads,
    rows: Array.from({ length: outputs }, (_, m) => weights.slice(m * inputs, (m + 1) * inputs)),
  };
  const rows = builder.fit.rows(map, weightWidth);
  const target =
    proof === undefined
      ? seen
      : {
          ...seen,
          scale: activationScale(
            provedLimit(rows, source, dense, proof),
            seen.width,
            scales.kind,
            seen.scale,
          ),
        };
  const fit = fitRows(rowScales(rows, weightWidth, scales), [target.scale], scales);
  const { node, missing } = addMatvec(
    builder,
    nameOf(role, layer),
    map,
    rows,
    fit.scale,
    weightWidth,
  );
  const offset = bias.map((b, m) => b + (missing === undefined ? 0 : at(missing, m)));
  const format = { width: target.width, scale: [target.scale] };
  const name = nameOf(`${role}_out`, layer, tensor);
  return builder.add(requantizeNode(name, node, fit, format, rounding, offset));
}

function provedLimit(
  rows: readonly Float64Array[],
  source: Node,
  { bias }: PreparedDense,
  proof: ProofSettings,
): number {
  return largestSum(rows, source, proof, (m) => Math.abs(at(bias, m)));
}
