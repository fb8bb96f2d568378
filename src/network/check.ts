import { maxMagnitude, signedWidth, type Range } from '../fixed/range.js';
import { feedthroughRange, matvecRange } from './bounds.js';
import { segmentsOf } from './segments.js';
import {
  sourcesOf,
  type EmbedNode,
  type IntegerNetwork,
  type LookupNode,
  type Node,
} from './types.js';

/** What keeps a network from being one, if anything: sizes, order, bounds of its constants. */
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
  const sized = (what: string, found: number, wanted: number) =>
    found === wanted ? undefined : `${what} has ${found} elements instead of ${wanted}`;
  const oneOrAll = (what: string, found: number) =>
    found === 1 ? undefined : sized(what, found, length);
  const within = (what: string, values: Int32Array, { lo, hi }: Range) =>
    values.every((value) => value >= lo && value <= hi) ? undefined : `${what} leaves its width`;
  const symmetric = (bits: number): Range => ({ lo: -maxMagnitude(bits), hi: maxMagnitude(bits) });
  const same = (found: Range) =>
    found.lo === range.lo && found.hi === range.hi
      ? undefined
      : 'its range is not that of its sums';
  const places = ({ table, clipped = new Int32Array() }: EmbedNode | LookupNode) =>
    clipped.every((place, i) => place > (clipped[i - 1] ?? -1) && place < table.length)
      ? undefined
      : 'what it clips is not in its table';
  const source = node.op === 'input' ? node : nodeOf(node.source);
  const alike = () => sized('the vector', length, source.length);
  const scales = oneOrAll('scale', format.scale.length);
  if (scales !== undefined) return scales;
  switch (node.op) {
    case 'input':
      return undefined;
    case 'matvec':
      return (
        sized('what it reads', source.length, node.cols) ??
        sized('weights', node.weights.length, length * node.cols) ??
        within('weights', node.weights, symmetric(node.weightWidth)) ??
        same(matvecRange(node.weights, node.cols, source.range))
      );
    case 'feedthrough': {
      const u = nodeOf(node.input);
      return (
        alike() ??
        sized('u', u.length, length) ??
        sized('weights', node.weights.length, length) ??
        within('weights', node.weights, symmetric(node.weightWidth)) ??
        same(
          feedthroughRange(source.range, node.sumShift, node.weights, u.range, node.productShift),
        )
      );
    }
    case 'embed':
      return (
        sized('table', node.table.length, node.rows * length) ??
        within('table', node.table, range) ??
        places(node)
      );
    case 'lookup':
      return (
        alike() ??
        sized('table', node.table.length, 2 ** source.format.width) ??
        within('table', node.table, range) ??
        places(node)
      );
    case 'layer_norm':
      return alike() ?? sized('table', node.table.length, 3 * 2 ** node.indexBits);
    case 'requantize':
      return (
        alike() ??
        oneOrAll('multiplier', node.multiplier.length) ??
        oneOrAll('offset', node.offset.length)
      );
    case 'recurrence': {
      const { lambda } = node;
      const parts = [lambda.re, lambda.im];
      if (lambda.form === 'delta') parts.push(lambda.reShift, lambda.imShift);
      const wrong = parts.map((part) => sized('lambda_bar', part.length, length / 2));
      return alike() ?? wrong.find((problem) => problem !== undefined);
    }
    case 'gate':
    case 'residual':
      return alike() ?? sized('its input', nodeOf(node.input).length, length);
    case 'join':
      return sized('the vector', length, source.length + nodeOf(node.input).length);
    case 'reverse':
    case 'pool':
      return alike();
  }
}
