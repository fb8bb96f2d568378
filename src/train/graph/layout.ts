import { at } from '../../base/at.js';
import { sourcesOf, valuesForGradient, type Graph, type Node, type NodeId } from './graph.js';

/**
 * `steps`: one row per step of the sequences in hand. `tile`: one row per step of the tile in hand.
 * `sequences`: one row per sequence.
 */
export type Storage = 'steps' | 'tile' | 'sequences';

/** Where and when a node is computed. */
export interface Placement {
  /**
   * A batch norm takes statistics of all sequences, and so begins a new phase: a phase runs over the
   * whole batch before the next one starts.
   */
  readonly phase: number;
  /** True behind a pool. */
  readonly pooled: boolean;
  readonly value: Storage;
  /** Place of the gradient of the value; undefined for the input, which has none. */
  readonly gradient: Storage | undefined;
}

/** Values that a gradient or a later phase reads last for the whole batch, others for one tile. */
export function layout({ nodes }: Graph): readonly Placement[] {
  const phases: number[] = [];
  const pooled: boolean[] = [];
  for (const node of nodes) {
    const sources = sourcesOf(node);
    const latest = Math.max(0, ...sources.map((id) => at(phases, id)));
    phases.push(node.op === 'batch_norm' ? latest + 1 : latest);
    pooled.push(node.op === 'pool' || sources.some((id) => at(pooled, id)));
  }
  const kept = new Set(nodes.flatMap((node, id) => valuesForGradient(node, id)));
  const crossing = new Set(
    nodes.flatMap((node, id) =>
      sourcesOf(node).filter((source) => at(phases, source) !== at(phases, id)),
    ),
  );
  return nodes.map((node, id) => {
    const isOutput = id === nodes.length - 1;
    const lasts = crossing.has(id) || isOutput;
    const storage = (long: boolean): Storage =>
      at(pooled, id) ? 'sequences' : long ? 'steps' : 'tile';
    return {
      phase: at(phases, id),
      pooled: at(pooled, id),
      value: storage(lasts || kept.has(id) || node.op === 'input'),
      gradient: node.op === 'input' ? undefined : storage(lasts || node.op === 'batch_norm'),
    };
  });
}

/** Number of phases. */
export function phaseCount(placements: readonly Placement[]): number {
  return 1 + Math.max(...placements.map(({ phase }) => phase));
}

/** The batch norms of a graph with their ids. */
export function batchNorms({ nodes }: Graph): readonly BatchNormAt[] {
  return nodes.flatMap((node, id) => (node.op === 'batch_norm' ? [{ id, node }] : []));
}

export interface BatchNormAt {
  readonly id: NodeId;
  readonly node: Extract<Node, { op: 'batch_norm' | 'layer_norm' }>;
}
