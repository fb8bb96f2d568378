import type { S5Shape } from '../../float/s5/model.js';
import { geluFunction, sigmoidFunction } from '../ops/lookup.js';
import type { Graph, GraphParameter, Node, NodeId, Operation, ParameterId } from './graph.js';

/** Nodes and parameters in the order in which they are added. */
interface Builder {
  readonly node: (width: number, operation: Operation) => NodeId;
  readonly parameter: (name: string, rows: number, columns: number) => ParameterId;
  readonly graph: Graph;
}

function createBuilder(): Builder {
  const nodes: Node[] = [];
  const parameters: GraphParameter[] = [];
  return {
    node: (width, operation) => nodes.push({ ...operation, width }) - 1,
    parameter: (name, rows, columns) => parameters.push({ name, rows, columns }) - 1,
    graph: { nodes, parameters },
  };
}

export interface S5GraphOptions {
  /** True for the graph of a training with dropout. */
  readonly dropout: boolean;
}

/**
 * The float network as a graph. `graph_parameters.ts` gives its parameters in the same order: the
 * encoder, each layer, the decoder.
 */
export function s5Graph(shape: S5Shape, options: S5GraphOptions): Graph {
  const builder = createBuilder();
  const input = builder.node(shape.inputs, { op: 'input' });
  let x = dense(builder, 'encoder', input, shape.inputs, shape.features);
  for (let layer = 0; layer < shape.layers; layer++) {
    x = addLayer(builder, shape, options, `layer${layer}`, x);
  }
  if (shape.pooling !== 'none') {
    x = builder.node(shape.features, { op: 'pool', x, mode: shape.pooling });
  }
  dense(builder, 'decoder', x, shape.features, shape.outputs);
  return builder.graph;
}

function dense(
  { node, parameter }: Builder,
  name: string,
  x: NodeId,
  inputs: number,
  outputs: number,
): NodeId {
  const weights = parameter(`${name}/weights`, outputs, inputs);
  const bias = parameter(`${name}/bias`, 1, outputs);
  return node(outputs, { op: 'matvec', x, weights, bias });
}

function addLayer(
  builder: Builder,
  shape: S5Shape,
  options: S5GraphOptions,
  name: string,
  input: NodeId,
): NodeId {
  const { features } = shape;
  const { node, parameter } = builder;
  const scale = parameter(`${name}/scale`, 1, features);
  const bias = parameter(`${name}/bias`, 1, features);
  const op = shape.norm === 'batch' ? 'batch_norm' : 'layer_norm';
  const norm = (x: NodeId): NodeId => node(features, { op, x, scale, bias, eps: shape.normEps });

  const u = shape.prenorm ? norm(input) : input;
  const y = addSsm(builder, shape, name, u);
  const branch = addActivation(builder, shape, options, name, y);
  const sum = node(features, { op: 'residual', a: input, b: branch });
  return shape.prenorm ? sum : norm(sum);
}

function addSsm({ node, parameter }: Builder, shape: S5Shape, name: string, u: NodeId): NodeId {
  const { features, stateSize } = shape;
  const width = 2 * stateSize;
  const lambdaBar = parameter(`${name}/lambda_bar`, 1, width);
  const weights = parameter(`${name}/b_bar`, width, features);
  const drive = node(width, { op: 'matvec', x: u, weights });
  const read = (states: NodeId, c: string): NodeId => {
    const matrix = parameter(`${name}/${c}`, features, width);
    return node(features, { op: 'matvec', x: states, weights: matrix });
  };
  let sum = read(node(width, { op: 'recurrence', drive, lambdaBar }), 'c');
  if (shape.bidirectional) {
    const reversed = node(width, { op: 'reverse', x: drive });
    const states = node(width, { op: 'recurrence', drive: reversed, lambdaBar });
    const back = read(node(width, { op: 'reverse', x: states }), 'c_reverse');
    sum = node(features, { op: 'residual', a: sum, b: back });
  }
  const d = parameter(`${name}/d`, 1, features);
  return node(features, { op: 'feedthrough', sum, u, d });
}

/** The activation with S5's two dropouts: behind the GELU, and behind the gate. */
function addActivation(
  builder: Builder,
  shape: S5Shape,
  options: S5GraphOptions,
  name: string,
  y: NodeId,
): NodeId {
  const { features, activation } = shape;
  const { node } = builder;
  const drop = (x: NodeId): NodeId => (options.dropout ? node(features, { op: 'dropout', x }) : x);
  const g = drop(node(features, { op: 'lookup', x: y, f: geluFunction(shape.gelu) }));
  if (activation === 'gelu') return g;
  const own = activation === 'half_glu1' ? g : y;
  const a = activation === 'full_glu' ? dense(builder, `${name}/out1`, g, features, features) : own;
  const gateInput = dense(builder, `${name}/out2`, g, features, features);
  const b = node(features, { op: 'lookup', x: gateInput, f: sigmoidFunction(shape.sigmoid) });
  return drop(node(features, { op: 'gate', a, b }));
}
