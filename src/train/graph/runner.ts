import { at } from '../../base/at.js';
import type { Engine } from '../engine/engine.js';
import { bind, gradientOf, type Tile } from './bind.js';
import { parametersOf, type Graph, type NodeId, type ParameterId } from './graph.js';
import { find, type NamedTensors } from './graph_parameters.js';
import { batchNorms, layout, phaseCount, type BatchNormAt } from './layout.js';
import { createMemory, type RunnerSize } from './memory.js';

export type { RunnerSize } from './memory.js';

/** Numbers of each batch norm by its node; [2, width]: a sum, then another. */
export type BatchSums = ReadonlyMap<NodeId, Float64Array>;

/** Values that come from elsewhere than the operations of the graph. */
export interface GivenValues<V> {
  /** Largest magnitude of the elements of a node that saturates. */
  readonly limit: (id: NodeId) => Float64Array;
  /** Gives the values of sequence `index` in the order of the nodes, tile by tile. */
  readonly run: (index: number, give: GiveValues<V>) => void;
}

/** Calls `write` with the place of `rows` rows of a node from row `start` on, if it is read. */
export type GiveValues<V> = (
  id: NodeId,
  start: number,
  rows: number,
  write: (to: V, width: number) => void,
) => void;

/** A graph with memory for some sequences. Phases run in order, and backwards in reverse order. */
export interface Runner {
  readonly setWeights: (weights: NamedTensors) => void;
  /** [length, inputs] of sequence `index`. */
  readonly setInput: (index: number, input: Float64Array) => void;
  /** [width] of dropout node `id`. */
  readonly setMask: (id: NodeId, index: number, mask: Float64Array) => void;
  /** Mean and 1 / deviation of each batch norm of the next forward phase. */
  readonly setMoments: (moments: BatchSums) => void;
  /** Sums of x and of x^2 of the inputs of the batch norms of the next phase. */
  readonly forward: (phase: number, count: number) => BatchSums;
  /** Scores of sequence `index`: [outputs], without a pool [length, outputs]. */
  readonly scores: (index: number) => Float64Array;
  /** Clears the gradients of values. */
  readonly clearGradients: () => void;
  /** Clears the gradients of weights. */
  readonly clearWeightGradients: () => void;
  readonly setScoreGradient: (index: number, gradient: Float64Array) => void;
  /** Means of dOut and of dOut n of each batch norm of the phase before. */
  readonly setMeans: (means: BatchSums) => void;
  /** Sums of dOut and of dOut n of the batch norms of this phase. */
  readonly backward: (phase: number, count: number) => BatchSums;
  /** Gradients of the weights, summed in float64 over the sequences in order. */
  readonly gradients: () => NamedTensors;
}

/**
 * A sequence that is read in reverse goes through all operations as one tile.
 *
 * @param given the values, in place of those of the operations; only for graphs without batch norm.
 */
export function createRunner<V>(
  engine: Engine<V>,
  graph: Graph,
  size: RunnerSize,
  given?: GivenValues<V>,
): Runner {
  const { nodes, parameters } = graph;
  const { length } = size;
  const placements = layout(graph);
  const tileRows = nodes.some(({ op }) => op === 'reverse') ? length : Math.min(size.tile, length);
  const memory = createMemory(engine, graph, placements, { ...size, tile: tileRows });
  const { places, state } = memory;
  const totals = parameters.map((_, id) => engine.allocateSums(memory.words(id)));
  /** Gradients of scale and bias of the batch norms. */
  const normTotals = new Map<ParameterId, Float64Array>();
  const last = nodes.length - 1;

  const bound = nodes.map((node, id) => ({
    id,
    ...bind(engine, node, id, places, state),
    ...at(placements, id),
    /** True for a node that has one row per sequence, and reads such rows. */
    head: at(placements, id).pooled && node.op !== 'pool',
  }));
  const phases = Array.from({ length: phaseCount(placements) }, (_, phase) => {
    const own = bound.filter((node) => node.phase === phase);
    const normsOf = (n: number): readonly BatchNormAt[] =>
      batchNorms(graph).filter(({ id }) => at(placements, id).phase === n);
    return {
      own,
      head: own.filter(({ head }) => head),
      steps: own.filter(({ head }) => !head),
      norms: normsOf(phase),
      nextNorms: normsOf(phase + 1),
      parameters: [...new Set(own.flatMap(({ id }) => parametersOf(at(nodes, id))))],
    };
  });

  const headTile = (sequence: number): Tile => ({ sequence, start: 0, rows: 1, length: 1 });
  const tilesOf = (sequence: number): readonly Tile[] =>
    Array.from({ length: Math.ceil(length / tileRows) }, (_, n) => {
      const start = n * tileRows;
      return { sequence, start, rows: Math.min(tileRows, length - start), length };
    });

  const loadPair = (sums: V, id: NodeId): Float64Array => {
    const { width } = at(nodes, id);
    const padded = places.width(id);
    const all = engine.loadSums(sums, 2 * padded);
    return Float64Array.from([...all.subarray(0, width), ...all.subarray(padded, padded + width)]);
  };
  const storePair = (first: V, second: V, both: Float64Array): void => {
    const width = both.length / 2;
    engine.store(first, both.subarray(0, width), 1, width);
    engine.store(second, both.subarray(width), 1, width);
  };

  const lookups = new Set(nodes.flatMap((node) => (node.op === 'lookup' ? [node.x] : [])));
  const giveSequence = ({ run }: GivenValues<V>, sequence: number): void => {
    run(sequence, (id, start, rows, write) => {
      const tile = { sequence, start, rows, length };
      const { value: storage, forward } = at(bound, id);
      if (storage === 'tile' && !lookups.has(id)) return;
      // The slopes of a lookup are those of its function at the value that is given.
      if (at(nodes, id).op === 'lookup') forward(tile);
      write(places.value(id, tile), places.width(id));
    });
  };
  const forwardSequence = (phase: number, sequence: number): void => {
    const { own, head, steps, nextNorms } = at(phases, phase);
    for (const node of own) node.begin?.(headTile(sequence));
    for (const tile of tilesOf(sequence)) {
      for (const node of steps) node.forward(tile);
      for (const { id, node } of nextNorms) {
        const x = places.value(node.x, tile);
        engine.batchSums(x, memory.sums(id), tile.rows, places.width(id));
      }
    }
    for (const node of head) node.forward(headTile(sequence));
  };
  const backwardNode = ({ id, backward }: (typeof bound)[number], tile: Tile): void => {
    if (given !== undefined && at(nodes, id).saturates === true) {
      const [value, slope] = [places.value(id, tile), gradientOf(places, id, tile)];
      engine.clipGradient(value, state.limit(id), slope, tile.rows, places.width(id));
    }
    backward(tile);
  };
  const backwardSequence = (phase: number, sequence: number): void => {
    const { own, head, steps, nextNorms } = at(phases, phase);
    for (const node of own) node.beginBackward?.();
    for (const node of head.toReversed()) backwardNode(node, headTile(sequence));
    for (const tile of tilesOf(sequence).toReversed()) {
      for (const { id, gradient } of steps) {
        if (gradient !== 'tile' || places.sharesGradient(id)) continue;
        engine.clear(gradientOf(places, id, tile), tile.rows * places.width(id));
      }
      for (const { id, node } of nextNorms) {
        engine.batchNormGradient(
          places.value(node.x, tile),
          state.moments(id),
          places.weights(node.scale),
          state.means(id),
          gradientOf(places, id, tile),
          gradientOf(places, node.x, tile),
          tile.rows,
          places.width(id),
        );
      }
      for (const node of steps.toReversed()) backwardNode(node, tile);
    }
  };
  /** Moves the gradients of the weights of one sequence to the sums of float64. */
  const collect = (phase: number): void => {
    for (const id of at(phases, phase).parameters) {
      engine.collect(places.weightGradient(id), at(totals, id), memory.words(id));
    }
  };

  const totalOf = (id: ParameterId): Float64Array => {
    const { rows, columns } = at(parameters, id);
    const stride = engine.pad(columns);
    const sums = engine.loadSums(at(totals, id), memory.words(id));
    const total = new Float64Array(rows * columns);
    for (let r = 0; r < rows; r++) {
      total.set(sums.subarray(r * stride, r * stride + columns), r * columns);
    }
    return total;
  };

  return {
    setWeights: (tensors) => {
      for (const [id, { saturates, width }] of nodes.entries()) {
        if (saturates !== true || given === undefined) continue;
        engine.store(state.limit(id), given.limit(id), 1, width);
      }
      for (const [id, { name, rows, columns }] of parameters.entries()) {
        const write = memory.isMatrix(id) ? engine.storeMatrix : engine.store;
        write(places.weights(id), find(tensors, name), rows, columns);
      }
    },
    setInput: (index, input) => {
      engine.store(places.value(0, headTile(index)), input, length, at(nodes, 0).width);
    },
    setMask: (id, index, mask) => {
      engine.store(state.mask(id, headTile(index)), mask, 1, mask.length);
    },
    setMoments: (moments) => {
      for (const [id, both] of moments) {
        const { mean, inverse } = state.moments(id);
        storePair(mean, inverse, both);
      }
    },
    forward: (phase, count) => {
      const { nextNorms } = at(phases, phase);
      for (const { id } of nextNorms) engine.clearSums(memory.sums(id), 2 * places.width(id));
      for (let sequence = 0; sequence < count; sequence++) {
        if (given === undefined) forwardSequence(phase, sequence);
        else giveSequence(given, sequence);
      }
      return new Map(nextNorms.map(({ id }) => [id, loadPair(memory.sums(id), id)]));
    },
    scores: (index) => {
      const rows = at(placements, last).pooled ? 1 : length;
      return engine.load(places.value(last, headTile(index)), rows, at(nodes, last).width);
    },
    clearGradients: memory.clearGradients,
    clearWeightGradients: () => {
      for (const [id, total] of totals.entries()) engine.clearSums(total, memory.words(id));
    },
    setScoreGradient: (index, gradient) => {
      const { width } = at(nodes, last);
      const place = gradientOf(places, last, headTile(index));
      engine.store(place, gradient, gradient.length / width, width);
    },
    setMeans: (means) => {
      for (const [id, both] of means) {
        const { dOut, dOutNormal } = state.means(id);
        storePair(dOut, dOutNormal, both);
      }
    },
    backward: (phase, count) => {
      const { norms } = at(phases, phase);
      for (const { id } of norms) engine.clearSums(state.gradientSums(id), 2 * places.width(id));
      for (let sequence = 0; sequence < count; sequence++) {
        backwardSequence(phase, sequence);
        collect(phase);
      }
      return new Map(
        norms.map(({ id, node }) => {
          const both = loadPair(state.gradientSums(id), id);
          normTotals.set(node.bias, both.slice(0, both.length / 2));
          normTotals.set(node.scale, both.slice(both.length / 2));
          return [id, both];
        }),
      );
    },
    gradients: () =>
      new Map(
        parameters.map(({ name }, id): [string, Float64Array] => [
          name,
          normTotals.get(id) ?? totalOf(id),
        ]),
      ),
  };
}
