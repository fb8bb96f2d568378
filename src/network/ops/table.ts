import type { FloatNode } from '../graph/types.js';
import type { Node, NodeOf, Op } from '../types.js';
import { embed } from './embed.js';
import { feedthrough } from './feedthrough.js';
import { gate } from './gate.js';
import { input } from './input.js';
import { join } from './join.js';
import { layerNorm } from './layer_norm.js';
import { lookup } from './lookup.js';
import { matvec } from './matvec.js';
import { pool } from './pool.js';
import { recurrence } from './recurrence.js';
import { requantize } from './requantize.js';
import { residual } from './residual.js';
import { reverse } from './reverse.js';
import type { FloatReading, OpSpec, Reading, RealWeights, Step, Switches } from './spec.js';

type OpTable = { readonly [K in Op]: OpSpec<NodeOf<K>> };

/** Every operation of the integer network. */
export const OPS = {
  input,
  embed,
  layer_norm: layerNorm,
  reverse,
  join,
  pool,
  requantize,
  matvec,
  recurrence,
  feedthrough,
  lookup,
  gate,
  residual,
} satisfies OpTable;

/** The description of an operation. */
export function specOf<K extends Op>(op: K): OpSpec<NodeOf<K>> {
  const table: OpTable = OPS;
  return table[op];
}

/** Ids that a node reads; first the one whose stream it follows. */
export function sourcesOf(node: Node): readonly string[] {
  return specOf(node.op).sources(node);
}

/** The exact integer step of a node; `onClip` is called for every word that saturates. */
export function stepOf(node: Node, onClip: () => void): Step {
  return specOf(node.op).step(node, onClip);
}

/** Ids that a float node reads, in no order. */
export function floatSourcesOf(node: FloatNode): readonly string[] {
  return [...('input' in node ? [node.input] : []), ...('source' in node ? [node.source] : [])];
}

/** The float step of a node over a whole sequence, in real units. */
export function floatStepOf(node: FloatNode, reading: FloatReading): Float64Array {
  return specOf(node.op).float(node, reading);
}

/** The node over a whole sequence, with its quantisers on or off. */
export function relaxedStepOf(
  node: Node,
  real: FloatNode,
  reading: Reading,
  on: Switches,
): Float64Array {
  return specOf(node.op).relaxed(node, matching(node, real), reading, on);
}

/** The weights of a node and the real ones, in units of the format; undefined without weights. */
export function weightsOf(
  node: Node,
  real: FloatNode,
  nodeOf: (id: string) => Node,
): RealWeights | undefined {
  return specOf(node.op).weights(node, matching(node, real), nodeOf);
}

/** The float node of a node, which has its operation. */
function matching(node: Node, real: FloatNode): FloatNode {
  if (real.op !== node.op) throw new Error(`${node.id} is ${real.op} in the float graph`);
  return real;
}

/** True if words of a node can be clipped: by its operation, or in its table from the beginning. */
export function canClip(node: Node): boolean {
  return specOf(node.op).saturates || 'clipped' in node;
}
