import type { Engine } from '../engine/engine.js';
import type { GradientMeans, Moments } from '../ops/batch_norm.js';
import type { Node, NodeId, ParameterId } from './graph.js';

/** The steps of one sequence that are computed now. */
export interface Tile {
  readonly sequence: number;
  /** First step, and number of steps. */
  readonly start: number;
  readonly rows: number;
  /** Steps of the sequence. */
  readonly length: number;
}

/** Places of a graph; those of values and gradients depend on the tile. */
export interface Places<V> {
  readonly value: (id: NodeId, tile: Tile) => V;
  /** The row before the first of the tile; a row of 0 before the sequence. */
  readonly rowBefore: (id: NodeId, tile: Tile) => V;
  /** Undefined for the input. */
  readonly gradient: (id: NodeId, tile: Tile) => V | undefined;
  /** True for a node whose gradient is kept for another one. */
  readonly sharesGradient: (id: NodeId) => boolean;
  readonly weights: (id: ParameterId) => V;
  readonly weightGradient: (id: ParameterId) => V;
  /** Words of a row of a value. */
  readonly width: (id: NodeId) => number;
}

/** A node with its operation. */
export interface BoundNode {
  readonly forward: (tile: Tile) => void;
  /** Adds to the gradients of sources and weights; a batch norm adds to its sums only. */
  readonly backward: (tile: Tile) => void;
  /** Called before the first tile of a sequence. */
  readonly begin?: (tile: Tile) => void;
  /** Called before its last tile, with which the gradients start. */
  readonly beginBackward?: () => void;
}

/** Further places that a node reads. */
export interface NodeState<V> {
  /** State of a recurrence between tiles. */
  readonly carry: (width: number) => V;
  /** Slopes of a lookup, kept for its gradient. */
  readonly slope: (id: NodeId, tile: Tile) => V;
  /** Mask of a dropout for the sequence. */
  readonly mask: (id: NodeId, tile: Tile) => V;
  readonly moments: (id: NodeId) => Moments<V>;
  /** Sums of the gradient of a batch norm. */
  readonly gradientSums: (id: NodeId) => V;
  readonly means: (id: NodeId) => GradientMeans<V>;
  /** Largest magnitude of each element of a node that saturates. */
  readonly limit: (id: NodeId) => V;
}

const nothing = (): void => undefined;

/** The operation of node `id` on its places. */
export function bind<V>(
  engine: Engine<V>,
  node: Node,
  id: NodeId,
  places: Places<V>,
  state: NodeState<V>,
): BoundNode {
  const { value, weights, weightGradient } = places;
  const width = places.width(id);
  const own = (tile: Tile): V => gradientOf(places, id, tile);
  const of = (source: NodeId, tile: Tile): V => gradientOf(places, source, tile);
  switch (node.op) {
    case 'input':
      return { forward: nothing, backward: nothing };
    case 'matvec': {
      const { x, weights: w, bias } = node;
      const size = (tile: Tile) => ({
        rows: tile.rows,
        inputs: places.width(x),
        outputs: width,
      });
      const biasPlace = bias === undefined ? undefined : weights(bias);
      const biasGradient = bias === undefined ? undefined : weightGradient(bias);
      return {
        forward: (tile) => {
          engine.matvec(value(x, tile), weights(w), biasPlace, value(id, tile), size(tile));
        },
        backward: (tile) => {
          const dOut = own(tile);
          const dX = places.gradient(x, tile);
          if (dX !== undefined) engine.matvecInputGradient(weights(w), dOut, dX, size(tile));
          const from = value(x, tile);
          engine.matvecWeightGradient(from, dOut, weightGradient(w), biasGradient, size(tile));
        },
      };
    }
    case 'recurrence': {
      const { drive, lambdaBar } = node;
      const carry = state.carry(width);
      const adjoint = state.carry(width);
      return {
        begin: () => {
          engine.clear(carry, width);
        },
        beginBackward: () => {
          engine.clear(adjoint, width);
        },
        forward: (tile) => {
          const out = value(id, tile);
          engine.recurrence(value(drive, tile), weights(lambdaBar), carry, out, tile.rows, width);
        },
        backward: (tile) => {
          engine.recurrenceGradient(
            weights(lambdaBar),
            places.rowBefore(id, tile),
            value(id, tile),
            own(tile),
            adjoint,
            of(drive, tile),
            weightGradient(lambdaBar),
            tile.rows,
            width,
          );
        },
      };
    }
    case 'feedthrough': {
      const { sum, u, d } = node;
      return {
        forward: (tile) => {
          const out = value(id, tile);
          const from = value(u, tile);
          engine.feedthrough(value(sum, tile), from, weights(d), out, tile.rows, width);
        },
        backward: (tile) => {
          const dSum = of(sum, tile);
          const dU = of(u, tile);
          const dD = weightGradient(d);
          const from = value(u, tile);
          engine.feedthroughGradient(from, weights(d), own(tile), dSum, dU, dD, tile.rows, width);
        },
      };
    }
    case 'lookup': {
      const { x, f } = node;
      return {
        forward: (tile) => {
          const out = value(id, tile);
          engine.lookup(f, value(x, tile), out, state.slope(id, tile), tile.rows * width);
        },
        backward: (tile) => {
          const slope = state.slope(id, tile);
          engine.lookupGradient(slope, own(tile), of(x, tile), tile.rows * width);
        },
      };
    }
    case 'gate': {
      const { a, b } = node;
      return {
        forward: (tile) => {
          engine.gate(value(a, tile), value(b, tile), value(id, tile), tile.rows * width);
        },
        backward: (tile) => {
          const count = tile.rows * width;
          const [left, right] = [value(a, tile), value(b, tile)];
          engine.gateGradient(left, right, own(tile), of(a, tile), of(b, tile), count);
        },
      };
    }
    case 'residual': {
      const { a, b } = node;
      return {
        forward: (tile) => {
          engine.residual(value(a, tile), value(b, tile), value(id, tile), tile.rows * width);
        },
        backward: (tile) => {
          engine.residualGradient(own(tile), of(a, tile), of(b, tile), tile.rows * width);
        },
      };
    }
    case 'requantize': {
      const { x, gain, offset } = node;
      if (gain === undefined || offset === undefined) {
        return {
          forward: () => {
            throw new Error('a requantisation in training has given values');
          },
          // The gradient of x is the gradient of the node: see `memory.ts`.
          backward: (tile) => {
            if (offset !== undefined) {
              engine.pool(own(tile), weightGradient(offset), 1, tile.rows, width);
            }
          },
        };
      }
      return {
        forward: (tile) => {
          const [from, out] = [value(x, tile), value(id, tile)];
          engine.requantize(from, weights(gain), weights(offset), out, tile.rows, width);
        },
        backward: (tile) => {
          const [dX, dGain, dOffset] = [of(x, tile), weightGradient(gain), weightGradient(offset)];
          const from = value(x, tile);
          engine.requantizeGradient(
            ...([from, weights(gain), own(tile), dX, dGain, dOffset, tile.rows, width] as const),
          );
        },
      };
    }
    case 'join': {
      const { a, b } = node;
      const each = node.width / 2;
      return {
        forward: (tile) => {
          engine.join(value(a, tile), value(b, tile), value(id, tile), tile.rows, each);
        },
        backward: (tile) => {
          engine.joinGradient(own(tile), of(a, tile), of(b, tile), tile.rows, each);
        },
      };
    }
    case 'dropout': {
      const { x } = node;
      return {
        forward: (tile) => {
          const mask = state.mask(id, tile);
          engine.dropout(value(x, tile), mask, value(id, tile), tile.rows, width);
        },
        backward: (tile) => {
          const mask = state.mask(id, tile);
          engine.dropoutGradient(mask, own(tile), of(x, tile), tile.rows, width);
        },
      };
    }
    case 'reverse': {
      const { x } = node;
      return {
        forward: (tile) => {
          engine.reverse(value(x, tile), value(id, tile), tile.rows, width);
        },
        backward: (tile) => {
          engine.reverseGradient(own(tile), of(x, tile), tile.rows, width);
        },
      };
    }
    case 'pool': {
      const { x, mode } = node;
      /** Words before the one row that is read; undefined for tiles without it. */
      const rowRead = ({ start, rows, length }: Tile): number | undefined => {
        if (mode === 'first') return start === 0 ? 0 : undefined;
        return start + rows === length ? (rows - 1) * width : undefined;
      };
      return {
        begin: (tile) => {
          engine.clear(value(id, tile), width);
        },
        forward: (tile) => {
          const from = value(x, tile);
          const out = value(id, tile);
          if (mode === 'mean') engine.pool(from, out, 1 / tile.length, tile.rows, width);
          else {
            const read = rowRead(tile);
            if (read !== undefined) engine.pool(engine.shift(from, read), out, 1, 1, width);
          }
        },
        backward: (tile) => {
          const dX = of(x, tile);
          if (mode === 'mean')
            engine.poolGradient(own(tile), dX, 1 / tile.length, tile.rows, width);
          else {
            const read = rowRead(tile);
            if (read === undefined) return;
            engine.poolGradient(own(tile), engine.shift(dX, read), 1, 1, width);
          }
        },
      };
    }
    case 'layer_norm': {
      const { x, scale, bias, eps } = node;
      const size = ({ rows }: Tile) => ({ rows, width, length: node.width, eps });
      return {
        forward: (tile) => {
          const from = value(x, tile);
          engine.layerNorm(from, weights(scale), weights(bias), value(id, tile), size(tile));
        },
        backward: (tile) => {
          engine.layerNormGradient(
            value(x, tile),
            weights(scale),
            own(tile),
            of(x, tile),
            weightGradient(scale),
            weightGradient(bias),
            size(tile),
          );
        },
      };
    }
    case 'batch_norm': {
      const { x, scale, bias } = node;
      return {
        forward: (tile) => {
          const from = value(x, tile);
          const out = value(id, tile);
          const [gain, offset] = [weights(scale), weights(bias)];
          engine.batchNorm(from, state.moments(id), gain, offset, out, tile.rows, width);
        },
        backward: (tile) => {
          const sums = state.gradientSums(id);
          const from = value(x, tile);
          engine.batchNormSums(from, state.moments(id), own(tile), sums, tile.rows, width);
        },
      };
    }
  }
}

/** The gradient of a value that has one. */
export function gradientOf<V>(places: Places<V>, id: NodeId, tile: Tile): V {
  const gradient = places.gradient(id, tile);
  if (gradient === undefined) throw new Error(`value ${id} has no gradient`);
  return gradient;
}
