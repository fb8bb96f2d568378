import { floatSourcesOf, floatStepOf } from '../ops/table.js';
import type { Trace } from '../ops/spec.js';
import type { FloatGraph, FloatNode } from './types.js';

/** Called with each node and its vectors over the sequence, [L, length] in the order of the stream. */
type SeeNode = (node: FloatNode, data: Float64Array) => void;

/**
 * The float network on one sequence. Vectors are kept until the last node that reads them.
 *
 * @param input real vectors of the input node, [L, length]; at least one step.
 */
export function runGraph({ nodes }: FloatGraph, input: Float64Array, see: SeeNode): void {
  const readers = new Map<string, number>();
  const sources = nodes.map((node) => floatSourcesOf(node));
  for (const id of sources.flat()) readers.set(id, (readers.get(id) ?? 0) + 1);
  const traces = new Map<string, Trace>();
  const trace = (id: string): Trace => {
    const found = traces.get(id);
    if (found === undefined) throw new Error(`no vectors of ${id}`);
    return found;
  };
  nodes.forEach((node, i) => {
    const data = floatStepOf(node, { input, trace });
    traces.set(node.id, { width: node.length, data });
    see(node, data);
    for (const id of sources[i] ?? []) {
      const left = (readers.get(id) ?? 0) - 1;
      readers.set(id, left);
      if (left === 0) traces.delete(id);
    }
  });
}
