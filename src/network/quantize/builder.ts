import type { IntegerNetwork, Node } from '../types.js';
import type { Ideal } from '../ideal.js';
import { checkExact } from './exact.js';
import type { WeightFit } from './fit.js';

/** An integer network, and the real parameters of its nodes. */
export interface Quantized {
  readonly network: IntegerNetwork;
  /** By node id; nodes whose formats say all have none. */
  readonly ideals: ReadonlyMap<string, Ideal>;
}

/** A network in the making: its nodes so far, and how its weights are found. */
export interface NetworkBuilder {
  readonly nodes: readonly Node[];
  readonly ideals: ReadonlyMap<string, Ideal>;
  readonly fit: WeightFit;
  /**
   * Puts a node behind those it reads, and returns it.
   *
   * @throws E_WIDTH when its words leave exact arithmetic.
   */
  add<N extends Node>(node: N, ideal?: Ideal): N;
}

export function createBuilder(fit: WeightFit): NetworkBuilder {
  const nodes: Node[] = [];
  const ideals = new Map<string, Ideal>();
  return {
    nodes,
    ideals,
    fit,
    add(node, ideal) {
      checkExact(node);
      if (ideal !== undefined) ideals.set(node.id, ideal);
      nodes.push(node);
      fit.follow(node);
      return node;
    },
  };
}
