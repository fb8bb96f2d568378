import { at } from '../../base/at.js';
import type { Engine } from '../engine/engine.js';
import type { GradientMeans, Moments } from '../ops/batch_norm.js';
import type { NodeState, Places, Tile } from './bind.js';
import type { Graph, NodeId, ParameterId } from './graph.js';
import { batchNorms, type Placement, type Storage } from './layout.js';

/** Sizes for which a runner has memory. */
export interface RunnerSize {
  /** Sequences in hand at a time. */
  readonly sequences: number;
  /** Steps of each sequence. */
  readonly length: number;
  /** Steps that go through all operations before the next steps do, so that they stay in cache. */
  readonly tile: number;
}

/** All memory of a runner. */
export interface Memory<V> {
  readonly places: Places<V>;
  readonly state: NodeState<V>;
  /** Sums of the input of a batch norm. */
  readonly sums: (id: NodeId) => V;
  /** Words of a parameter, padding included. */
  readonly words: (id: ParameterId) => number;
  /** True for the weights of a matvec. */
  readonly isMatrix: (id: ParameterId) => boolean;
  /** Clears the gradients of all values. */
  readonly clearGradients: () => void;
}

export function createMemory<V>(
  engine: Engine<V>,
  graph: Graph,
  placements: readonly Placement[],
  { sequences, length, tile }: RunnerSize,
): Memory<V> {
  const { nodes, parameters } = graph;
  const widths = nodes.map(({ width }) => engine.pad(width));
  const rowsIn = { steps: sequences * length, tile, sequences };
  const wordsOf = (id: NodeId, storage: Storage): number => rowsIn[storage] * at(widths, id);
  const values = placements.map(({ value }, id) => engine.allocate(wordsOf(id, value)));
  const sharing = sharedGradients(graph);
  const gradients = placements.map(({ gradient: storage }, id) => {
    if (storage === undefined || sharing.has(id)) return undefined;
    const words = wordsOf(id, storage);
    return { storage, words, place: engine.allocate(words) };
  });

  const matrices = new Set(nodes.flatMap((node) => (node.op === 'matvec' ? [node.weights] : [])));
  const words = (id: ParameterId): number => {
    const { rows, columns } = at(parameters, id);
    return engine.pad(rows) * engine.pad(columns);
  };
  const weights = parameters.map(({ rows, columns }, id) =>
    matrices.has(id) ? engine.allocateMatrix(rows, columns) : engine.allocate(words(id)),
  );
  const weightGradients = parameters.map((_, id) => engine.allocate(words(id)));

  const perNorm = <T>(make: (width: number) => T): ((id: NodeId) => T) =>
    table(
      batchNorms(graph).map(({ id }) => id),
      (id) => make(at(widths, id)),
    );
  const moments = perNorm((width): Moments<V> => ({
    mean: engine.allocate(width),
    inverse: engine.allocate(width),
  }));
  const means = perNorm((width): GradientMeans<V> => ({
    dOut: engine.allocate(width),
    dOutNormal: engine.allocate(width),
  }));
  const sums = perNorm((width) => engine.allocateSums(2 * width));
  const gradientSums = perNorm((width) => engine.allocateSums(2 * width));
  const masks = table(
    nodes.flatMap(({ op }, id) => (op === 'dropout' ? [id] : [])),
    (id) => engine.allocate(wordsOf(id, 'sequences')),
  );
  const slopeStorage = (id: NodeId): Storage => (at(placements, id).pooled ? 'sequences' : 'steps');
  const slopes = table(
    nodes.flatMap(({ op }, id) => (op === 'lookup' ? [id] : [])),
    (id) => engine.allocate(wordsOf(id, slopeStorage(id))),
  );
  const limits = table(
    nodes.flatMap(({ saturates }, id) => (saturates === true ? [id] : [])),
    (id) => engine.allocate(at(widths, id)),
  );
  const zeros = engine.allocate(Math.max(...widths));

  const locate = (base: V, id: NodeId, storage: Storage, { sequence, start }: Tile): V => {
    const row = { tile: start % tile, steps: sequence * length + start, sequences: sequence }[
      storage
    ];
    return engine.shift(base, row * at(widths, id));
  };
  return {
    places: {
      value: (id, tile) => locate(at(values, id), id, at(placements, id).value, tile),
      rowBefore: (id, tile) =>
        tile.start === 0
          ? zeros
          : locate(at(values, id), id, 'steps', { ...tile, start: tile.start - 1 }),
      gradient: (id, tile) => {
        const holder = sharing.get(id) ?? id;
        const own = gradients[holder];
        return own === undefined ? undefined : locate(own.place, holder, own.storage, tile);
      },
      sharesGradient: (id) => sharing.has(id),
      weights: (id) => at(weights, id),
      weightGradient: (id) => at(weightGradients, id),
      width: (id) => at(widths, id),
    },
    state: {
      carry: (width) => engine.allocate(width),
      slope: (id, tile) => locate(slopes(id), id, slopeStorage(id), tile),
      mask: (id, tile) => locate(masks(id), id, 'sequences', tile),
      moments,
      gradientSums,
      means,
      limit: limits,
    },
    sums,
    words,
    isMatrix: (id) => matrices.has(id),
    clearGradients: () => {
      for (const own of gradients) if (own !== undefined) engine.clear(own.place, own.words);
    },
  };
}

/**
 * The node whose gradient is that of another one: a requantisation without gain passes on its own, so
 * its source needs none.
 */
function sharedGradients({ nodes }: Graph): ReadonlyMap<NodeId, NodeId> {
  return new Map(
    nodes.flatMap((node, id) =>
      node.op === 'requantize' && node.gain === undefined ? [[node.x, id] as const] : [],
    ),
  );
}

/** A value for each of some nodes. The function throws for every other node. */
function table<T>(ids: readonly NodeId[], make: (id: NodeId) => T): (id: NodeId) => T {
  const entries = new Map(ids.map((id) => [id, make(id)]));
  return (id) => {
    const found = entries.get(id);
    if (found === undefined) throw new Error(`node ${id} has no such place`);
    return found;
  };
}
