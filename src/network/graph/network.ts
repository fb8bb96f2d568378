import { at } from '../../base/at.js';
import type { PreparedDense, PreparedLayer, PreparedModel } from '../../float/s5/prepare.js';
import { nameOf } from '../names.js';
import { addNorm, addSsm, plainGain, type AddNode, type FloatCore } from './ssm.js';
import type { FloatGraph, FloatNode, WordSlot } from './types.js';

/**
 * The whole float network as a graph: encoder, layers, pool, decoder.
 *
 * @param oneHot true if the index of the input that is one enters in place of the vector.
 */
export function networkGraph(model: PreparedModel, oneHot: boolean): FloatGraph {
  const { shape } = model;
  const nodes: FloatNode[] = [];
  const add: AddNode = (node) => {
    nodes.push(node);
    return node.id;
  };
  const covers: string[] = [];
  const build: Build = {
    add,
    model,
    stream: { kind: 'stream', covers },
    flow(id) {
      covers.push(id);
      return id;
    },
  };
  let stream = addEncoder(build, oneHot);
  model.layers.forEach((layer, n) => {
    // Each bidirectional layer turns the sequence round.
    stream = addLayer(build, layer, n, stream, shape.bidirectional && n % 2 === 1);
  });
  const backwards = shape.bidirectional && shape.layers % 2 === 1;
  const output = addDense(build, {
    role: 'decoder',
    tensor: 'output',
    dense: model.decoder,
    source: addPool(build, stream, backwards),
    slot: { kind: 'output', covers: [nameOf('decoder_out').id] },
  });
  return { nodes, output };
}

/** A graph in the making. */
interface Build {
  readonly add: AddNode;
  readonly model: PreparedModel;
  /** The slot of the residual stream. */
  readonly stream: WordSlot;
  /** Makes the range of the residual stream cover a node. Returns its id. */
  readonly flow: (id: string) => string;
}

/** From the input to the residual stream, which is returned. */
function addEncoder({ add, model, stream, flow }: Build, oneHot: boolean): string {
  const { inputs, outputs, weights, bias } = model.encoder;
  const input = { op: 'input', ...nameOf('input'), index: oneHot } as const;
  const slot = { kind: 'input', covers: [input.id] } as const;
  if (!oneHot) {
    const source = add({ ...input, length: inputs, slot });
    return flow(addDense({ add }, { role: 'encoder', dense: model.encoder, source, slot: stream }));
  }
  const source = add({ ...input, length: 1, slot });
  // A one-hot vector picks a column of the kernel, so the product is the look-up of a row.
  const table = Float64Array.from({ length: inputs * outputs }, (_, i) => {
    const [row, h] = [Math.floor(i / outputs), i % outputs];
    return at(weights, h * inputs + row) + at(bias, h);
  });
  const rows = { source, length: outputs, rows: inputs, table, slot: stream };
  return flow(add({ op: 'embed', ...nameOf('encoder'), ...rows }));
}

interface DenseRequest {
  readonly role: 'encoder' | 'value' | 'gate' | 'decoder';
  readonly layer?: number;
  readonly tensor?: 'value' | 'gate' | 'output';
  readonly dense: PreparedDense;
  readonly source: string;
  readonly slot: WordSlot;
}

/** A dense map with bias as two nodes, `<role>` and `<role>_out`: the product and the offset. */
function addDense({ add }: Pick<Build, 'add'>, request: DenseRequest): string {
  const { role, layer, tensor, dense, slot } = request;
  const { inputs: cols, outputs: length, weights, bias } = dense;
  const matrix = { source: request.source, length, cols, weights };
  const source = add({ op: 'matvec', ...nameOf(role, layer), ...matrix });
  const sums = { source, length, ...plainGain, offset: bias, slot };
  return add({ op: 'requantize', ...nameOf(`${role}_out`, layer, tensor), ...sums });
}

/**
 * One layer: SSM, activation, residual sum, and the norm in its place. Returns the residual
 * stream behind it, reversed if the layer is bidirectional.
 */
function addLayer(
  build: Build,
  layer: PreparedLayer,
  index: number,
  id: string,
  backwards: boolean,
): string {
  const { add, model, stream, flow } = build;
  const { features: length, prenorm } = model.shape;
  const { y, skip } = addSsm(add, floatCoreOf(model, layer), { id, backwards }, index);
  const source = flow(addBranch(build, layer, index, y));
  const pair = { source, input: skip, length };
  const sum = flow(add({ op: 'residual', ...nameOf('residual', index), ...pair }));
  if (prenorm) return sum;
  return flow(addNorm(add, { role: 'postnorm', layer: index }, layer.norm, sum, length, stream));
}

/** The SSM core of a layer, with the norm before it where there is one. */
export function floatCoreOf(model: PreparedModel, layer: PreparedLayer): FloatCore {
  const { features, stateSize: states, prenorm, bidirectional } = model.shape;
  return { features, states, bidirectional, layer, norm: prenorm ? layer.norm : undefined };
}

/** From y to what is added to the residual stream; formulas in `float/s5/layer.ts`. */
function addBranch(build: Build, layer: PreparedLayer, index: number, y: string): string {
  const { add, model, stream } = build;
  const { activation, gelu, sigmoid, features: length } = model.shape;
  const own = (id: string) => ({ kind: 'activation', covers: [id] }) as const;
  const name = nameOf('gelu', index);
  const g = add({
    ...{ op: 'lookup', ...name, source: y, length, function: { name: 'gelu', variant: gelu } },
    slot: activation === 'gelu' ? stream : own(name.id),
  });
  if (activation === 'gelu') return g;
  const dense = (role: 'value' | 'gate', map: PreparedDense | undefined) => {
    if (map === undefined) throw new Error(`${activation} without its ${role}`);
    const slot = own(nameOf(`${role}_out`, index).id);
    return addDense(build, { role, layer: index, tensor: role, dense: map, source: g, slot });
  };
  const value = activation === 'full_glu' ? dense('value', layer.out1) : undefined;
  const gate = dense('gate', layer.out2);
  const source = add({
    ...{ op: 'lookup', ...nameOf('sigmoid', index), source: gate, length },
    function: { name: 'sigmoid', variant: sigmoid },
    slot: { kind: 'unit' },
  });
  const input = value ?? (activation === 'half_glu2' ? y : g);
  const product = add({ op: 'gate', ...nameOf('product', index), source, input, length });
  const branch = { source: product, length, ...plainGain, slot: stream };
  return add({ op: 'requantize', ...nameOf('branch', index), ...branch });
}

/** The pool at the end of the layers. */
function addPool({ add, model }: Build, source: string, backwards: boolean): string {
  const { pooling, features: length } = model.shape;
  if (pooling === 'none') return source;
  const mode = pooling === 'mean' ? 'mean' : backwards ? 'first' : 'last';
  return add({ op: 'pool', ...nameOf('pool'), source, length, mode });
}
