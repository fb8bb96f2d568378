import { at } from '../../base/at.js';
import type { PreparedLayer, PreparedNorm } from '../../float/s5/prepare.js';
import { nameOf } from '../names.js';
import type { ProvableTensor } from '../types.js';
import type {
  FloatNode,
  FloatRequantize,
  FloatReverse,
  FloatMatvec,
  WordSlot,
  FloatGraph,
} from './types.js';

/** An SSM core with its real parameters. */
export interface FloatCore {
  /** H */
  readonly features: number;
  /** P */
  readonly states: number;
  /** True if C also reads the states of a scan from the end of the sequence. */
  readonly bidirectional: boolean;
  readonly layer: Pick<
    PreparedLayer,
    'discrete' | 'inputWeights' | 'outputWeights' | 'feedthrough'
  >;
  /** The norm between the layer's input and u; undefined where u enters as is. */
  readonly norm?: PreparedNorm | undefined;
}

/** A stream of steps, forwards or backwards in time. */
interface FloatStream {
  readonly id: string;
  readonly backwards: boolean;
}

/** The nodes of a graph in the making; a node goes behind those that it reads. Returns its id. */
export type AddNode = (node: FloatNode) => string;

const NO_GAIN = Float64Array.of(1);
const NO_OFFSET = Float64Array.of(0);

/** y = x + offset in a format of its own. */
export const plainGain = { gain: NO_GAIN, offset: NO_OFFSET } as const;

/**
 * The SSM core of one layer as a graph: input -> norm -> b -> bu -> recurrence -> x -> c -> d -> y.
 */
export function coreGraph(core: FloatCore): FloatGraph {
  const nodes: FloatNode[] = [];
  const add: AddNode = (node) => {
    nodes.push(node);
    return node.id;
  };
  const slot = { kind: 'input', covers: ['input'] } as const;
  const input = { op: 'input', ...nameOf('input'), length: core.features, index: false } as const;
  const id = add({ ...input, slot });
  const { y } = addSsm(add, core, { id, backwards: false });
  return { nodes, output: y };
}

/**
 * The SSM core behind a stream. Returns y, and the layer's input in the order in which y comes.
 *
 * A bidirectional core scans the sequence, reverses it, and scans it again; its y is in the
 * opposite order. Only the layer's input, bu and x are reversed: all else follows from them.
 *
 * @param layer its number; undefined for a graph of one core.
 */
export function addSsm(
  add: AddNode,
  core: FloatCore,
  source: FloatStream,
  layer?: number,
): { readonly y: string; readonly skip: string } {
  const { features, states, bidirectional } = core;
  const { lambdaBarRe: re, lambdaBarIm: im } = core.layer.discrete;
  const words = 2 * states;
  const normId = nameOf('norm', layer).id;
  const norm = (role: 'norm' | 'norm_reversed', from: string) =>
    addNorm(add, { role, layer, tensor: 'u' }, core.norm, from, features, {
      kind: 'activation',
      covers: [normId],
    });
  const scan = (
    from: string,
    recurrence: 'recurrence' | 'recurrence_reversed',
    x: 'x' | 'x_second',
  ) => {
    const name = nameOf(recurrence, layer, 'states');
    const state = add({ op: 'recurrence', ...name, source: from, length: words, re, im });
    const read = {
      source: state,
      length: words,
      ...plainGain,
      slot: { kind: 'state_read' },
    } as const;
    return add({ op: 'requantize', ...nameOf(x, layer), ...read });
  };
  const u = norm('norm', source.id);
  const b = add(driveMatrix(core, u, layer));
  const scans = [
    'recurrence',
    ...(bidirectional ? (['recurrence_reversed'] as const) : []),
  ] as const;
  const bu = add({
    ...{ op: 'requantize', ...nameOf('bu', layer, 'states'), source: b, length: words },
    ...plainGain,
    slot: { kind: 'state', covers: scans.map((role) => nameOf(role, layer).id) },
  });
  const x = scan(bu, 'recurrence', 'x');
  if (!bidirectional) {
    return { y: addOutput(add, core, { state: x, u, backwards: false }, layer), skip: source.id };
  }

  const reverse = (
    role: 'skip_reversed' | 'bu_reversed' | 'x_reversed',
    from: string,
    length: number,
  ) => add({ op: 'reverse', ...nameOf(role, layer), source: from, length } satisfies FloatReverse);
  const skip = reverse('skip_reversed', source.id, features);
  const buBack = reverse('bu_reversed', bu, words);
  const xBack = reverse('x_reversed', x, words);
  const uBack = norm('norm_reversed', skip);
  const xSecond = scan(buBack, 'recurrence_reversed', 'x_second');
  const pair = { source: xSecond, input: xBack, length: 2 * words };
  const state = add({ op: 'join', ...nameOf('states', layer), ...pair });
  const end = { state, u: uBack, backwards: source.backwards };
  return { y: addOutput(add, core, end, layer), skip };
}

/** The place of a norm in the network. */
interface NormPlace {
  readonly role: 'norm' | 'norm_reversed' | 'postnorm';
  readonly layer: number | undefined;
  readonly tensor?: ProvableTensor;
}

/**
 * A norm. Batch norm, and no norm at all, is one gain and offset; layer norm has a node
 * `<role>_layer` before it.
 */
export function addNorm(
  add: AddNode,
  { role, layer, tensor }: NormPlace,
  norm: PreparedNorm | undefined,
  source: string,
  length: number,
  slot: WordSlot,
): string {
  const from =
    norm?.kind === 'layer'
      ? add({
          ...{ op: 'layer_norm', ...nameOf(`${role}_layer`, layer), source, length },
          eps: norm.eps,
        })
      : source;
  const { gain, offset } = norm ?? plainGain;
  const node = { source: from, length, gain, offset, slot } as const;
  return add({
    op: 'requantize',
    ...nameOf(role, layer, tensor),
    ...node,
  } satisfies FloatRequantize);
}

/** B-bar: rows are re and im of each state in turn, [2P, H]. */
function driveMatrix(
  { layer, states, features }: FloatCore,
  source: string,
  index: number | undefined,
): FloatMatvec {
  const weights = new Float64Array(2 * states * features);
  for (let p = 0; p < states; p++) {
    for (const [part, from] of [p, states + p].entries()) {
      const row = layer.inputWeights.subarray(from * features, (from + 1) * features);
      weights.set(row, (2 * p + part) * features);
    }
  }
  const matrix = { source, length: 2 * states, cols: features, weights };
  return { op: 'matvec', ...nameOf('b', index), ...matrix };
}

/** C x + D u. */
function addOutput(
  add: AddNode,
  core: FloatCore,
  {
    state,
    u,
    backwards,
  }: { readonly state: string; readonly u: string; readonly backwards: boolean },
  layer: number | undefined,
): string {
  const { features: length } = core;
  const weights = outputMatrix(core, backwards);
  const matrix = { source: state, length, cols: weights.length / length, weights };
  const c = add({ op: 'matvec', ...nameOf('c', layer), ...matrix });
  const feedthrough = { source: c, input: u, length, weights: core.layer.feedthrough };
  const d = add({ op: 'feedthrough', ...nameOf('d', layer), ...feedthrough });
  const name = nameOf('y', layer, 'y');
  const slot = { kind: 'activation', covers: [name.id] } as const;
  return add({ op: 'requantize', ...name, source: d, length, ...plainGain, slot });
}

/**
 * C with columns as the states come: re, im of each state in turn; of each state of two scans
 * first that of the scan that came first. [H, 2S], S the states read.
 */
function outputMatrix(core: FloatCore, backwards: boolean): Float64Array {
  const { states, bidirectional, layer } = core;
  const read = bidirectional ? 2 * states : states;
  return layer.outputWeights.map((_, i) => {
    const [row, word] = [Math.floor(i / (2 * read)), i % (2 * read)];
    const pair = Math.floor(word / 2);
    // States of the scan forwards in time come first in C.
    const state = bidirectional
      ? Math.floor(pair / 2) + ((pair % 2 === 1) === backwards ? 0 : states)
      : pair;
    return at(layer.outputWeights, row * 2 * read + (word % 2) * read + state);
  });
}
