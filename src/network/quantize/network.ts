import { symmetricRange, signedWidth } from '../../base/fixed/range.js';
import { at, oneOrEach } from '../../base/at.js';
import { productRange } from '../bounds.js';
import type { FloatGraph, FloatNodeOf, FloatRequantize } from '../graph/types.js';
import type {
  GateNode,
  IntegerNetwork,
  JoinNode,
  Node,
  Op,
  PoolNode,
  ResidualNode,
  ReverseNode,
} from '../types.js';
import type { Ranges } from './calibrate.js';
import { fillMatvec } from './dense.js';
import { fillFeedthrough } from './feedthrough.js';
import { createFilling, placeOf, type Filling } from './filling.js';
import type { WeightFit } from './fit.js';
import { fillEmbed, fillInput } from './input.js';
import { fillLookup } from './lookup.js';
import { requantizeNode } from './nodes.js';
import { fillGain, fillLayerNorm } from './norm.js';
import { fillRecurrence, fillStateRead } from './recurrence.js';
import type { QuantizeSettings } from './settings.js';

type Rules = { readonly [K in Op]: (node: FloatNodeOf<K>, filling: Filling) => Node };

/** The way from each operation of the float graph to integers. */
const RULES = {
  input: fillInput,
  embed: fillEmbed,
  layer_norm: fillLayerNorm,
  reverse: fillReverse,
  join: fillJoin,
  pool: fillPool,
  requantize: fillRequantize,
  matvec: fillMatvec,
  recurrence: fillRecurrence,
  feedthrough: fillFeedthrough,
  lookup: fillLookup,
  gate: fillGate,
  residual: fillResidual,
} satisfies Rules;

function ruleOf<K extends Op>(op: K): (node: FloatNodeOf<K>, filling: Filling) => Node {
  const rules: Rules = RULES;
  return rules[op];
}

/**
 * A float graph as an integer network.
 *
 * Follows the number contract: static scales from calibration, balanced states, one rounding per
 * complex sum, exact accumulators. The residual stream has one scale throughout, so that the skip
 * needs no requantisation.
 *
 * @param fit how the weights become integers.
 * @throws E_UNSTABLE, E_WIDTH
 */
export function quantizeGraph(
  graph: FloatGraph,
  ranges: Ranges,
  settings: QuantizeSettings,
  fit: WeightFit,
): IntegerNetwork {
  const filling = createFilling(graph, ranges, settings, fit);
  for (const node of graph.nodes) {
    filling.put(node.id, ruleOf(node.op)(node, filling));
  }
  // A network that needs a whole sequence at once has a longest one.
  const limited = graph.nodes.some(
    (node) => node.op === 'reverse' || (node.op === 'pool' && node.mode === 'mean'),
  );
  return {
    name: settings.name,
    nodes: filling.nodes,
    output: filling.node(graph.output).id,
    ...(limited ? { maxLength: settings.maxLength } : {}),
  };
}

function fillRequantize(node: FloatRequantize, filling: Filling): Node {
  if (node.slot.kind === 'state_read') return fillStateRead(node, filling);
  const known = filling.behind.get(node.source);
  if (known === undefined) return fillGain(node, filling);
  const { fit, format, missing } = known;
  const offset = missing?.map((value, m) => oneOrEach(node.offset, m) + value) ?? node.offset;
  const { requantize } = filling.settings.at(node.layer).rounding;
  const source = filling.node(node.source);
  return requantizeNode(placeOf(node), source, fit, format, requantize, offset);
}

function fillReverse(node: FloatNodeOf<'reverse'>, { node: nodeOf }: Filling): ReverseNode {
  const { id, length, format, range } = nodeOf(node.source);
  return { op: 'reverse', ...placeOf(node), source: id, length, format, range };
}

/** States a and b of two scans side by side, state by state. */
function fillJoin(node: FloatNodeOf<'join'>, { node: nodeOf }: Filling): JoinNode {
  const [a, b] = [nodeOf(node.input), nodeOf(node.source)];
  const scale = Array.from({ length: node.length }, (_, i) => {
    const from = i % 4 < 2 ? a : b;
    return at(from.format.scale, 2 * Math.floor(i / 4) + (i % 2));
  });
  return {
    op: 'join',
    ...placeOf(node),
    source: b.id,
    input: a.id,
    length: node.length,
    format: { width: b.format.width, scale },
    range: b.range,
  };
}

/** The pool, in the format of the residual stream. */
function fillPool(node: FloatNodeOf<'pool'>, { node: nodeOf, settings }: Filling): PoolNode {
  const source = nodeOf(node.source);
  return {
    op: 'pool',
    ...placeOf(node),
    source: source.id,
    length: source.length,
    mode: node.mode,
    rounding: settings.at(node.layer).rounding.requantize,
    format: source.format,
    range: node.mode === 'mean' ? symmetricRange(source.format.width) : source.range,
  };
}

function fillGate(node: FloatNodeOf<'gate'>, { node: nodeOf }: Filling): GateNode {
  const [a, b] = [nodeOf(node.input), nodeOf(node.source)];
  const range = productRange(a.range, b.range);
  return {
    op: 'gate',
    ...placeOf(node),
    source: b.id,
    input: a.id,
    length: node.length,
    format: {
      width: signedWidth(range),
      scale: [at(a.format.scale, 0) * at(b.format.scale, 0)],
    },
    range,
  };
}

function fillResidual(node: FloatNodeOf<'residual'>, { node: nodeOf }: Filling): ResidualNode {
  const [skip, branch] = [nodeOf(node.input), nodeOf(node.source)];
  return {
    op: 'residual',
    ...placeOf(node),
    source: branch.id,
    input: skip.id,
    length: skip.length,
    format: skip.format,
    range: symmetricRange(skip.format.width),
  };
}
