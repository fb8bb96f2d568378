import { floatSourcesOf } from '../ops/table.js';
import type { FloatGraph, FloatNode } from './types.js';

/** The one node that reads another one. Throws when there is none, or more: a bug. */
export function readerOf({ nodes }: FloatGraph, id: string): FloatNode {
  const [reader, ...others] = nodes.filter((node) => floatSourcesOf(node).includes(id));
  if (reader === undefined) throw new Error(`nothing reads ${id}`);
  if (others.length > 0) throw new Error(`${others.length + 1} nodes read ${id}`);
  return reader;
}
