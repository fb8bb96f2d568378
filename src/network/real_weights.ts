import type { ReadWeights } from './ops/spec.js';
import { specOf } from './ops/table.js';
import { nodeById, type IntegerNetwork, type Node } from './types.js';

/**
 * The real weights of a node: of a matrix over the real values of its source, of D over those of u,
 * of an embedding with its bias in it, and Lambda-bar. A weight that was rounded to the nearest
 * integer and not clipped is within half a step of the real one. B holds the factor that makes up
 * for its quantised pole.
 *
 * @returns undefined for a node without weights.
 */
export function realWeights(network: IntegerNetwork, node: Node): ReadWeights | undefined {
  return specOf(node.op).readWeights(node, (id) => nodeById(network, id));
}
