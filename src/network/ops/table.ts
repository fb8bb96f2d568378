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
import type { OpSpec, Step } from './spec.js';

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

/** True if words of a node can be clipped: by its operation, or in its table from the beginning. */
export function canClip(node: Node): boolean {
  return specOf(node.op).saturates || 'clipped' in node;
}
