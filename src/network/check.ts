import { signedWidth } from '../base/fixed/range.js';
import { oneOrAll } from './ops/checks.js';
import { sourcesOf, specOf } from './ops/table.js';
import { segmentsOf } from './segments.js';
import type { IntegerNetwork, Node } from './types.js';

/** The first mistake in a network: sizes, order, bounds of its constants; undefined for none. */
export function networkProblem(network: IntegerNetwork): string | undefined {
  const before = new Map<string, Node>();
  for (const node of network.nodes) {
    if (before.has(node.id)) return `two nodes are called ${node.id}`;
    const missing = sourcesOf(node).find((id) => !before.has(id));
    if (missing !== undefined) return `${node.id} reads ${missing}, which is not before it`;
    const problem = nodeProblem(node, (id) => before.get(id) ?? node);
    if (problem !== undefined) return `${node.id}: ${problem}`;
    before.set(node.id, node);
  }
  if (network.nodes.filter(({ op }) => op === 'input').length !== 1) return 'it has not one input';
  if (!before.has(network.output)) return `its output ${network.output} is not there`;
  try {
    segmentsOf(network);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return undefined;
}

function nodeProblem(node: Node, nodeOf: (id: string) => Node): string | undefined {
  const { length, format, range } = node;
  if (range.lo > range.hi || !Number.isSafeInteger(range.lo) || !Number.isSafeInteger(range.hi)) {
    return 'its range is none';
  }
  if (signedWidth(range) > format.width) return `its words take ${signedWidth(range)} bits`;
  return oneOrAll('scale', format.scale.length, length) ?? specOf(node.op).problem(node, nodeOf);
}
