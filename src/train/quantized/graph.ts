import type { FloatGraph, FloatNode, LookupFunction } from '../../network/graph/types.js';
import type { IntegerNetwork, Role } from '../../network/types.js';
import type { Graph, GraphParameter, Node, NodeId, ParameterId } from '../graph/graph.js';
import {
  geluFunction,
  sigmoidFunction,
  type LookupFunction as TrainedFunction,
} from '../ops/lookup.js';
import { integersByValue } from './integers.js';

/** A float graph as a graph of training. */
export interface QuantizedGraph {
  readonly graph: Graph;
  /** Id in the float graph of each node. */
  readonly ids: readonly string[];
}

/**
 * The nodes of a float graph, one by one, with gradients through all their roundings. Parameters are
 * `<id>/weights`, `<id>/gain`, `<id>/offset` and `<id>/lambda_bar`.
 * A requantisation without words of its own changes nothing.
 */
export function quantizedGraph(
  { nodes: floatNodes, output }: FloatGraph,
  network: IntegerNetwork,
): QuantizedGraph {
  const integers = integersByValue(network);
  const nodes: Node[] = [];
  const ids: string[] = [];
  const parameters: GraphParameter[] = [];
  const places = new Map<string, NodeId>();
  const place = (id: string): NodeId => {
    const found = places.get(id);
    if (found === undefined) throw new Error(`${id} is read before it is there`);
    return found;
  };
  const parameter = (name: string, rows: number, columns: number): ParameterId =>
    parameters.push({ name, rows, columns }) - 1;
  for (const node of floatNodes) {
    if (node.op === 'requantize' && !integers.has(node.id)) {
      places.set(node.id, place(node.source));
      continue;
    }
    places.set(node.id, nodes.length);
    ids.push(node.id);
    nodes.push(trainedNode(node, place, parameter));
  }
  if (place(output) !== nodes.length - 1) throw new Error(`${output} is not the last node`);
  return { graph: { nodes, parameters }, ids };
}

function trainedNode(
  node: FloatNode,
  place: (id: string) => NodeId,
  parameter: (name: string, rows: number, columns: number) => ParameterId,
): Node {
  const { id, length: width } = node;
  const row = (name: string): ParameterId => parameter(`${id}/${name}`, 1, width);
  switch (node.op) {
    case 'input':
      return { op: 'input', width };
    case 'matvec': {
      const weights = parameter(`${id}/weights`, width, node.cols);
      return { op: 'matvec', width, x: place(node.source), weights };
    }
    case 'requantize': {
      const common = { op: 'requantize', width, x: place(node.source), saturates: true } as const;
      if (NORMS.has(node.role)) return { ...common, gain: row('gain'), offset: row('offset') };
      return BIASES.has(node.role) ? { ...common, offset: row('offset') } : common;
    }
    case 'recurrence': {
      const lambdaBar = row('lambda_bar');
      return { op: 'recurrence', width, drive: place(node.source), lambdaBar, saturates: true };
    }
    case 'feedthrough': {
      const d = row('weights');
      return { op: 'feedthrough', width, sum: place(node.source), u: place(node.input), d };
    }
    case 'lookup': {
      const x = place(node.source);
      const f = trainedFunction(node.function);
      // A sigmoid ends at 1, which its words reach without saturation.
      return {
        op: 'lookup',
        width,
        x,
        f,
        ...(node.function.name === 'gelu' ? { saturates: true } : {}),
      };
    }
    case 'gate':
    case 'join':
      return { op: node.op, width, a: place(node.input), b: place(node.source) };
    case 'residual': {
      const [a, b] = [place(node.input), place(node.source)];
      return { op: 'residual', width, a, b, saturates: true };
    }
    case 'reverse':
      return { op: 'reverse', width, x: place(node.source) };
    case 'pool':
      return { op: 'pool', width, x: place(node.source), mode: node.mode };
    case 'layer_norm': {
      const [scale, bias] = [row('scale'), row('bias')];
      return { op: 'layer_norm', width, x: place(node.source), scale, bias, eps: node.eps };
    }
    case 'embed':
      throw new Error(`${id} is trained as a matrix`);
  }
}

/** Roles of requantisations that are the end of a norm, and of those that add a bias. */
const NORMS: ReadonlySet<Role> = new Set(['norm', 'norm_reversed', 'postnorm'] as const);
const BIASES: ReadonlySet<Role> = new Set([
  'encoder_out',
  'value_out',
  'gate_out',
  'decoder_out',
] as const);

function trainedFunction(f: LookupFunction): TrainedFunction {
  return f.name === 'gelu' ? geluFunction(f.variant) : sigmoidFunction(f.variant);
}
