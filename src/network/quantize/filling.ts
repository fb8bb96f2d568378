import { readerOf } from '../graph/reader.js';
import { floatNodeById, type FloatGraph, type FloatNode } from '../graph/types.js';
import type { Format, Node, NodeName, Role } from '../types.js';
import type { Ranges } from './calibrate.js';
import { checkExact } from './exact.js';
import type { Alignment } from './feedthrough.js';
import type { WeightFit } from './fit.js';
import type { QuantizedLambda } from './lambda.js';
import type { RowFit } from './nodes.js';
import type { QuantizeSettings } from './settings.js';

/** A float graph whose slots are being filled, and the integer nodes so far. */
export interface Filling {
  readonly ranges: Ranges;
  readonly settings: QuantizeSettings;
  readonly fit: WeightFit;
  readonly nodes: readonly Node[];
  /** The node of the float graph. */
  readonly real: (id: string) => FloatNode;
  /** The one node of the float graph that reads another one. */
  readonly reader: (id: string) => FloatNode;
  /** The integer node of a node of the float graph. */
  readonly node: (id: string) => Node;
  /**
   * Gives a node of the float graph its integer node.
   *
   * @throws E_WIDTH when its words leave exact arithmetic.
   */
  readonly put: (id: string, node: Node) => void;
  /** Requantisations that were found with the weights before them, by the id that they read. */
  readonly behind: Map<string, BehindWeights>;
  /** Alignments of C and D, by the id of C. */
  readonly alignments: Map<string, Alignment>;
  /** Lambda-bar of each layer. */
  readonly lambdas: Map<number | undefined, QuantizedLambda>;
}

/** A requantisation behind weights. */
interface BehindWeights {
  readonly fit: RowFit;
  readonly format: Format;
  /** Real value that is missing on average at the outputs of the weights, per row. */
  readonly missing: Float64Array | undefined;
}

export function createFilling(
  graph: FloatGraph,
  ranges: Ranges,
  settings: QuantizeSettings,
  fit: WeightFit,
): Filling {
  const nodes: Node[] = [];
  const integers = new Map<string, Node>();
  return {
    ranges,
    settings,
    fit,
    nodes,
    real: (id) => floatNodeById(graph, id),
    reader: (id) => readerOf(graph, id),
    node(id) {
      const node = integers.get(id);
      if (node === undefined) throw new Error(`no integer node for ${id}`);
      return node;
    },
    put(id, node) {
      integers.set(id, node);
      if (nodes.includes(node)) return;
      checkExact(node);
      nodes.push(node);
      fit.follow(node);
    },
    behind: new Map(),
    alignments: new Map(),
    lambdas: new Map(),
  };
}

/** The place of a node, without the rest of it. */
export function placeOf<R extends Role>({ id, role, layer, tensor }: NodeName<R>): NodeName<R> {
  return {
    id,
    role,
    ...(layer === undefined ? {} : { layer }),
    ...(tensor === undefined ? {} : { tensor }),
  };
}
