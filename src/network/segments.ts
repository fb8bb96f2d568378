import { sourcesOf } from './ops/table.js';
import type { IntegerNetwork } from './types.js';

/**
 * The segment of every node, by id: the number of reversals of the sequence on the way to it.
 * All nodes of one segment see the steps in the same order, and can run step by step; odd segments
 * run backwards in time.
 *
 * Throws when a node reads from two segments: a bug.
 */
export function segmentsOf({ name, nodes }: IntegerNetwork): ReadonlyMap<string, number> {
  const segments = new Map<string, number>();
  for (const node of nodes) {
    const sources = new Set(sourcesOf(node).map((id) => segments.get(id) ?? 0));
    if (sources.size > 1) throw new Error(`${node.id} of ${name} reads in both directions of time`);
    const [source = 0] = sources;
    segments.set(node.id, node.op === 'reverse' ? source + 1 : source);
  }
  return segments;
}

/** Ids of the nodes that run once per sequence: the pool and all that follows it. */
export function pooledNodes({ nodes }: IntegerNetwork): ReadonlySet<string> {
  const pooled = new Set<string>();
  for (const node of nodes) {
    if (node.op === 'pool' || sourcesOf(node).some((id) => pooled.has(id))) pooled.add(node.id);
  }
  return pooled;
}
