import { floatSourcesOf } from '../ops/table.js';
import type { FloatGraph, FloatNode } from './types.js';

/** The first node that reads another one. Throws when there is none: a bug. */
export function readerOf({ nodes }: FloatGraph, id: string): FloatNode {
  const reader = nodes.find((node) => floatSourcesOf(node).includes(id));
  if (reader === undefined) throw new Error(`nothing reads ${id}`);
  return reader;
}
