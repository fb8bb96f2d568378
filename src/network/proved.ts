import type { Bounds } from './ops/spec.js';
import { specOf } from './ops/table.js';
import { nodeById, type IntegerNetwork, type Node } from './types.js';

/** The nodes of a network, and exact bounds of each of their elements. */
export function boundsIn(network: IntegerNetwork): Bounds {
  const node = (id: string): Node => nodeById(network, id);
  const bounds: Bounds = {
    node,
    elements(id) {
      const found = node(id);
      return specOf(found.op).elements(found, bounds);
    },
  };
  return bounds;
}

/**
 * True if no input at all, of sequences up to `length` steps, makes a node clip. The words of a
 * node that cannot clip are proved by their range; of one that can, by the bounds of its sources.
 */
export function isProved(network: IntegerNetwork, node: Node, length: number): boolean {
  return specOf(node.op).proved(node, boundsIn(network), length);
}
