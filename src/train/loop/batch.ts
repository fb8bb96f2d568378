import { at } from '../../base/at.js';
import { batchNorms, layout, phaseCount } from '../graph/layout.js';
import type { Graph, NodeId } from '../graph/graph.js';
import type { NamedTensors } from '../graph/graph_parameters.js';
import type { BatchSums } from '../graph/runner.js';
import type { Lane, LaneSequence, LaneWeights } from './lane.js';

/** Mean, then variance of a batch norm, [2, width]. */
export type BatchStatistics = Float64Array;

/** Statistics of each batch norm by its node. */
export type StatisticsByNorm = ReadonlyMap<NodeId, BatchStatistics>;

export interface BatchRequest {
  readonly graph: Graph;
  readonly weights: LaneWeights;
  readonly sequences: readonly LaneSequence[];
  /** Steps of each sequence. */
  readonly length: number;
}

export interface BatchResult {
  /** Mean over the batch. */
  readonly loss: number;
  /** Slopes of the mean loss by the graph's parameters. */
  readonly gradients: NamedTensors;
  readonly statistics: StatisticsByNorm;
}

/**
 * Loss and gradients of one batch, shared evenly by the lanes. Sums run over the lanes in order, so
 * that they depend on the number of lanes only.
 */
export async function batchGradients(
  lanes: readonly Lane[],
  request: BatchRequest,
): Promise<BatchResult> {
  const { graph, weights, sequences, length } = request;
  const shares = shareOut(sequences, lanes.length);
  const count = sequences.length;
  let statistics: StatisticsByNorm = new Map();
  let losses: readonly (readonly number[])[];
  if (hasOnePhase(graph)) {
    await each(lanes, async (lane, n) => lane.start(weights, at(shares, n)));
    losses = await each(lanes, async (lane) => lane.whole(1 / count));
  } else {
    statistics = await runForward(lanes, request, shares, undefined);
    losses = await each(lanes, async (lane) => lane.startBackward(1 / count));
    let means: BatchSums = new Map();
    for (let phase = phaseCount(layout(graph)) - 1; phase >= 0; phase--) {
      const given = means;
      const sums = joinSums(await each(lanes, async (lane) => lane.backward(phase, given)));
      means = mapValues(sums, (both) => both.map((sum) => sum / (count * length)));
    }
  }
  const gradients = joinSums(await each(lanes, async (lane) => lane.gradients()));
  const loss = losses.flat().reduce((sum, one) => sum + one, 0) / count;
  return { loss, gradients, statistics };
}

/** True for a graph whose sequences do not depend on each other: it has no batch norm. */
function hasOnePhase(graph: Graph): boolean {
  return phaseCount(layout(graph)) === 1;
}

/** Sequences for which each of some lanes needs memory. */
export function sequencesOfLane(graph: Graph, batch: number, lanes: number): number {
  return hasOnePhase(graph) ? 1 : Math.ceil(batch / lanes);
}

/** Scores of sequences in inference: batch norms take given statistics. */
export async function batchScores(
  lanes: readonly Lane[],
  request: BatchRequest,
  statistics: StatisticsByNorm,
): Promise<readonly Float64Array[]> {
  const { graph, weights, sequences } = request;
  const shares = shareOut(sequences, lanes.length);
  if (hasOnePhase(graph)) {
    await each(lanes, async (lane, n) => lane.start(weights, at(shares, n)));
    return (await each(lanes, async (lane) => lane.wholeScores())).flat();
  }
  await runForward(lanes, request, shares, statistics);
  return (await each(lanes, async (lane) => lane.scores())).flat();
}

async function runForward(
  lanes: readonly Lane[],
  request: BatchRequest,
  shares: readonly (readonly LaneSequence[])[],
  fixed: StatisticsByNorm | undefined,
): Promise<StatisticsByNorm> {
  const { graph, weights, sequences, length } = request;
  const eps = new Map(batchNorms(graph).map(({ id, node }) => [id, node.eps]));
  const statistics = new Map<NodeId, BatchStatistics>();
  await each(lanes, async (lane, n) => lane.start(weights, at(shares, n)));
  let moments: BatchSums = new Map();
  for (let phase = 0; phase < phaseCount(layout(graph)); phase++) {
    const given = moments;
    const sums = joinSums(await each(lanes, async (lane) => lane.forward(phase, given)));
    const rows = sequences.length * length;
    const next = new Map<NodeId, Float64Array>();
    for (const [id, both] of sums) {
      const own = fixed?.get(id) ?? statisticsOf(both, rows);
      statistics.set(id, own);
      next.set(id, momentsOf(own, eps.get(id) ?? NaN));
    }
    moments = next;
  }
  return statistics;
}

/** Mean and variance from sum x and sum x^2 over `rows` rows. */
function statisticsOf(sums: Float64Array, rows: number): BatchStatistics {
  const width = sums.length / 2;
  return sums.map((sum, i) => {
    if (i < width) return sum / rows;
    const mean = at(sums, i - width) / rows;
    return Math.max(0, sum / rows - mean * mean);
  });
}

/** Mean and 1 / sqrt(variance + eps). */
export function momentsOf(statistics: BatchStatistics, eps: number): Float64Array {
  const width = statistics.length / 2;
  return statistics.map((value, i) => (i < width ? value : 1 / Math.sqrt(value + eps)));
}

/** Consecutive parts of nearly equal length, the longer ones first. */
function shareOut<T>(list: readonly T[], parts: number): readonly (readonly T[])[] {
  const first = (n: number): number => Math.ceil((n * list.length) / parts);
  return Array.from({ length: parts }, (_, n) => list.slice(first(n), first(n + 1)));
}

async function each<T>(
  lanes: readonly Lane[],
  run: (lane: Lane, index: number) => Promise<T>,
): Promise<readonly T[]> {
  return Promise.all(lanes.map(run));
}

/** Elementwise sums of arrays of one key. */
function joinSums<K>(parts: readonly ReadonlyMap<K, Float64Array>[]): ReadonlyMap<K, Float64Array> {
  const [first = new Map<K, Float64Array>(), ...others] = parts;
  return mapValues(first, (own, key) => {
    const total = own.slice();
    for (const other of others) {
      const more = other.get(key);
      if (more === undefined) throw new Error('lanes of different graphs');
      for (let i = 0; i < total.length; i++) total[i] = at(total, i) + at(more, i);
    }
    return total;
  });
}

function mapValues<K>(
  map: ReadonlyMap<K, Float64Array>,
  change: (value: Float64Array, key: K) => Float64Array,
): ReadonlyMap<K, Float64Array> {
  return new Map([...map].map(([key, value]) => [key, change(value, key)]));
}
