import type { Range } from '../../base/fixed/range.js';

/** The bounds of a node for each of its elements. */
export function wholeRange({ length, range }: { length: number; range: Range }): readonly Range[] {
  return Array.from({ length }, () => range);
}
