import type { Node } from '../network/types.js';
import { checkExact } from './nodes.js';
import type { WeightFit } from './fit.js';

/** A network in the making: its nodes so far, and how its weights are found. */
export interface NetworkBuilder {
  readonly nodes: readonly Node[];
  readonly fit: WeightFit;
  /**
   * Puts a node behind those it reads, and returns it.
   *
   * @throws E_WIDTH when its words leave exact arithmetic.
   */
  add<N extends Node>(node: N): N;
}

export function createBuilder(fit: WeightFit): NetworkBuilder {
  const nodes: Node[] = [];
  return {
    nodes,
    fit,
    add(node) {
      checkExact(node);
      nodes.push(node);
      fit.follow(node);
      return node;
    },
  };
}
