import { at, oneOrEach } from '../../base/at.js';
import { readerOf } from '../graph/reader.js';
import type { FloatGraph, FloatMatvec, FloatNode, FloatRequantize } from '../graph/types.js';
import type { IntegerNetwork, Node, RequantizeNode } from '../types.js';
import { poleGain, type PerPole } from './lambda.js';
import type { PoleChoice } from './settings.js';

/**
 * The float graph whose parameters the integers approximate. Its function is that of the graph from
 * the model. Two parameters move:
 *
 * - B holds the factor that makes up for its quantised pole, and the recurrence takes it out again;
 * - an offset holds the mean error of the weights before it, and the sums of the real weights,
 *   which have no such error, take it out again.
 *
 * Reads of the state for which the network has no node are left out.
 */
export function compensatedGraph(
  graph: FloatGraph,
  { nodes }: IntegerNetwork,
  choice: PoleChoice,
): FloatGraph {
  const integers = new Map(nodes.map((node) => [node.id, node]));
  const gains = new Map<string, PerPole | undefined>();
  for (const node of graph.nodes) {
    const integer = integers.get(node.id);
    if (node.op === 'recurrence' && integer?.op === 'recurrence') {
      gains.set(node.id, poleGain(node, integer.lambda, choice));
    }
  }
  const aliases = new Map<string, string>();
  const found = (id: string): string => aliases.get(id) ?? id;
  const kept: FloatNode[] = [];
  for (const node of graph.nodes) {
    const integer = integers.get(node.id);
    if (integer === undefined) {
      if (node.op !== 'requantize') throw new Error(`no integers for ${node.id}`);
      aliases.set(node.id, found(node.source));
      continue;
    }
    const renamed = {
      ...node,
      ...('source' in node ? { source: found(node.source) } : {}),
      ...('input' in node ? { input: found(node.input) } : {}),
    };
    kept.push(compensated(renamed, integer));
  }
  return { nodes: kept, output: found(graph.output) };

  function compensated(node: FloatNode, integer: Node): FloatNode {
    if (node.op === 'recurrence') {
      const gain = gains.get(node.id);
      return gain === undefined ? node : { ...node, gain };
    }
    if (node.op === 'requantize' && integer.op === 'requantize' && behindWeights(graph, node)) {
      return { ...node, offset: offsetOf(integer) };
    }
    if (node.op !== 'matvec') return node;
    const behind = requantizeBehind(graph, node);
    const { slot } = behind;
    const gain = slot.kind === 'state' ? gains.get(at(slot.covers, 0)) : undefined;
    const weights = gain === undefined ? node.weights : joined(drivingRows(node, gain));
    const words = integers.get(behind.id);
    if (words?.op !== 'requantize') throw new Error(`no integers for ${behind.id}`);
    const offsets = offsetOf(words);
    const offset = Float64Array.from(
      { length: node.length },
      (_, m) => oneOrEach(behind.offset, m) - oneOrEach(offsets, m),
    );
    return { ...node, weights, offset };
  }
}

/** The offset of a requantisation, real. */
function offsetOf({ offset, shift, format, length }: RequantizeNode): Float64Array {
  return Float64Array.from(
    { length },
    (_, h) => (oneOrEach(offset, h) / 2 ** shift) * oneOrEach(format.scale, h),
  );
}

function behindWeights({ nodes }: FloatGraph, { source }: FloatRequantize): boolean {
  const op = nodes.find(({ id }) => id === source)?.op;
  return op === 'matvec' || op === 'feedthrough';
}

/** The requantisation behind a matrix, or behind the D term that reads it. */
function requantizeBehind(graph: FloatGraph, matvec: FloatMatvec): FloatRequantize {
  const first = readerOf(graph, matvec.id);
  const reader = first.op === 'feedthrough' ? readerOf(graph, first.id) : first;
  if (reader.op !== 'requantize') throw new Error(`${reader.op} reads the sums of ${matvec.id}`);
  return reader;
}

/** Rows of a matrix. */
export function rowsOf({ weights, cols, length }: FloatMatvec): Float64Array[] {
  return Array.from({ length }, (_, m) => weights.slice(m * cols, (m + 1) * cols));
}

/** Rows of B, re and im of each state in turn, each state's times its complex factor. */
export function drivingRows(matrix: FloatMatvec, gain: PerPole): Float64Array[] {
  const rows = rowsOf(matrix);
  return rows.map((row, i) => {
    const p = Math.floor(i / 2);
    const [a, b] = [at(gain.re, p), at(gain.im, p)];
    const other = at(rows, i % 2 === 0 ? i + 1 : i - 1);
    return i % 2 === 0
      ? row.map((value, h) => a * value - b * at(other, h))
      : row.map((value, h) => a * value + b * at(other, h));
  });
}

function joined(rows: readonly Float64Array[]): Float64Array {
  return Float64Array.from(rows.flatMap((row) => [...row]));
}
