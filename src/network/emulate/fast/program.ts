import { at, oneOrEach } from '../../../base/at.js';
import { maxMagnitude } from '../../../base/fixed/range.js';
import type { Rounding } from '../../../base/fixed/rounding.js';
import {
  lambdaAsIntegers,
  type EmbedNode,
  type FeedthroughNode,
  type GateNode,
  type JoinNode,
  type LayerNormNode,
  type LookupNode,
  type MatvecNode,
  type Node,
  type NodeOf,
  type Op,
  type RecurrenceNode,
  type RequantizeNode,
  type ResidualNode,
} from '../../types.js';
import { stepOf } from '../../ops/table.js';
import type { Arena } from './arena.js';
import { isExactLayerNorm, isExactRecurrence, isExactRequantize, isNarrow } from './exact.js';
import type { Kernels } from './kernels.js';

/** Time steps that run together: enough to use a weight many times while it is at hand. */
export const TILE = 112;

/** Vectors of consecutive steps in the kernels' memory: [TILE, stride], f64. */
export interface Tile {
  readonly address: number;
  readonly length: number;
  /** Words from one vector to the next: the length made even. */
  readonly stride: number;
}

/** Runs the first `steps` vectors of the tile; `first` when they begin a sequence. */
export type TileOperation = (steps: number, first: boolean) => void;

export interface ProgramContext {
  readonly kernels: Kernels;
  readonly arena: Arena;
  /** The tile and the node of an id. */
  readonly tile: (id: string) => Tile;
  readonly node: (id: string) => Node;
  /** Called with the number of words that a node has clipped. */
  readonly onClip: (id: string, count: number) => void;
}

/** A tile of vectors of that length. */
export function createTile(arena: Arena, length: number): Tile {
  const stride = even(length);
  // Kernels read whole groups of columns, beyond the last vector.
  return { address: arena.words(TILE * stride + COLUMNS), length, stride };
}

/** Codes of kernels/emulator.ts. */
const MODES: Readonly<Record<Rounding, number>> = { half_up: 0, half_even: 1, toward_zero: 2 };

/** Columns that a kernel of 16-bit words takes at once. */
const COLUMNS = 16;

function even(count: number): number {
  return count + (count % 2);
}

function multipleOf(unit: number, count: number): number {
  return Math.ceil(count / unit) * unit;
}

/** Operations that run on tiles; inputs, reversals and pools are the driver's. */
type TiledOp = Exclude<Op, 'input' | 'reverse' | 'pool'>;

type Compiler<K extends TiledOp> = (node: NodeOf<K>, context: ProgramContext) => TileOperation;
type Compilers = { readonly [K in TiledOp]: Compiler<K> };

/** A kernel where the bounds prove that it is exact, else the plain operation step by step. */
const COMPILERS: Compilers = {
  matvec: (node, context) =>
    isNarrow(node, context.node(node.source))
      ? narrowMatvec(node, context)
      : wideMatvec(node, context),
  requantize: (node, context) =>
    isExactRequantize(node, context.node(node.source))
      ? requantize(node, context)
      : plain(node, context),
  recurrence: (node, context) =>
    isExactRecurrence(node) ? recurrence(node, context) : plain(node, context),
  layer_norm: (node, context) =>
    isExactLayerNorm(node, context.node(node.source))
      ? layerNorm(node, context)
      : plain(node, context),
  feedthrough,
  lookup,
  // One row a step: counting them takes no kernel.
  embed: (node, context) =>
    node.clipped === undefined ? embed(node, context) : plain(node, context),
  gate,
  join,
  residual,
};

function compilerOf<K extends TiledOp>(op: K): Compiler<K> {
  return COMPILERS[op];
}

/** The operation of a node on a tile. */
export function tileOperation(node: NodeOf<TiledOp>, context: ProgramContext): TileOperation {
  return compilerOf(node.op)(node, context);
}

function gate(node: GateNode, { kernels, tile }: ProgramContext): TileOperation {
  const [a, b, out] = [tile(node.input), tile(node.source), tile(node.id)];
  return (steps) => {
    kernels.multiply(a.address, b.address, out.address, steps * out.stride);
  };
}

function join(node: JoinNode, { kernels, tile }: ProgramContext): TileOperation {
  const [a, b, out] = [tile(node.input), tile(node.source), tile(node.id)];
  return (steps) => {
    kernels.join(a.address, b.address, out.address, steps * a.stride);
  };
}

function residual(node: ResidualNode, { kernels, tile, onClip }: ProgramContext): TileOperation {
  const [a, b, out] = [tile(node.input), tile(node.source), tile(node.id)];
  const limit = maxMagnitude(node.format.width);
  return (steps) => {
    const words = steps * out.stride;
    onClip(node.id, kernels.residual(a.address, b.address, out.address, words, limit));
  };
}

/** Vectors one by one through the plain emulator's operation. */
function plain(node: Node, { arena, tile, onClip }: ProgramContext): TileOperation {
  const run = stepOf(node, () => {
    onClip(node.id, 1);
  });
  const out = tile(node.id);
  return (steps, first) => {
    for (let t = 0; t < steps; t++) {
      const vector = (id: string) => {
        const { address, stride, length } = tile(id);
        return arena.f64(address + 8 * t * stride, length);
      };
      const result = run(vector, { first: first && t === 0, last: false });
      if (result !== undefined) arena.f64(out.address + 8 * t * out.stride, out.length).set(result);
    }
  };
}

/** Values in memory, padded with zeros to `count`. */
function constant(arena: Arena, values: ArrayLike<number>, count: number): number {
  const address = arena.words(count);
  arena.f64(address, count).set(values);
  return address;
}

function narrowMatvec(node: MatvecNode, { kernels, arena, tile }: ProgramContext): TileOperation {
  const { cols, length } = node;
  const x = tile(node.source);
  const out = tile(node.id);
  const padded = multipleOf(COLUMNS, cols);
  const words = arena.halves(TILE * padded);
  const weights = arena.halves(out.stride * padded);
  const view = arena.i16(weights, out.stride * padded);
  for (let row = 0; row < length; row++) {
    for (let col = 0; col < cols; col++) {
      // Pairs of rows, of each 8 columns in turn.
      const place =
        (row - (row % 2)) * padded + 16 * Math.floor(col / 8) + 8 * (row % 2) + (col % 8);
      view[place] = at(node.weights, row * cols + col);
    }
  }
  return (steps) => {
    kernels.narrow(x.address, x.stride, words, padded, steps);
    kernels.matvec16(words, weights, out.address, padded, out.stride, multipleOf(4, steps));
  };
}

function wideMatvec(node: MatvecNode, { kernels, arena, tile }: ProgramContext): TileOperation {
  const { cols, length } = node;
  const x = tile(node.source);
  const out = tile(node.id);
  const weights = arena.words(out.stride * x.stride);
  const view = arena.f64(weights, out.stride * x.stride);
  for (let row = 0; row < length; row++) {
    view.set(node.weights.subarray(row * cols, (row + 1) * cols), row * x.stride);
  }
  return (steps) => {
    kernels.matvec64(x.address, weights, out.address, x.stride, out.stride, multipleOf(4, steps));
  };
}

function requantize(node: RequantizeNode, context: ProgramContext): TileOperation {
  const { kernels, arena, tile, onClip } = context;
  const { multiplier, offset, length, id } = node;
  const x = tile(node.source);
  const out = tile(id);
  const unit = 2 ** -node.shift;
  const each = (values: readonly number[]) =>
    Array.from({ length }, (_, h) => oneOrEach(values, h) * unit);
  const factors = constant(arena, each(multiplier), out.stride);
  const offsets = constant(arena, each(offset), out.stride);
  const limit = maxMagnitude(node.format.width);
  const mode = MODES[node.rounding];
  return (steps) => {
    const { stride } = out;
    onClip(
      id,
      kernels.requantize(x.address, factors, offsets, out.address, stride, steps, limit, mode),
    );
  };
}

function recurrence(node: RecurrenceNode, context: ProgramContext): TileOperation {
  const { kernels, arena, tile, onClip } = context;
  const bu = tile(node.source);
  const out = tile(node.id);
  const { re, im } = lambdaAsIntegers(node.lambda);
  const unit = 2 ** -node.lambda.frac;
  const direct = constant(
    arena,
    re.flatMap((c) => [c * unit, c * unit]),
    out.stride,
  );
  const crossed = constant(
    arena,
    im.flatMap((s) => [-s * unit, s * unit]),
    out.stride,
  );
  const state = arena.words(out.stride);
  const limit = maxMagnitude(node.format.width);
  const mode = MODES[node.rounding];
  return (steps, first) => {
    if (first) arena.f64(state, out.stride).fill(0);
    onClip(
      node.id,
      kernels.recurrence(
        ...([bu.address, direct, crossed, state, out.address] as const),
        ...([out.stride, steps, limit, mode] as const),
      ),
    );
  };
}

function feedthrough(node: FeedthroughNode, context: ProgramContext): TileOperation {
  const { kernels, arena, tile } = context;
  const sum = tile(node.source);
  const u = tile(node.input);
  const out = tile(node.id);
  const productUnit = 2 ** node.productShift;
  const weights = constant(
    arena,
    Array.from(node.weights, (d) => d * productUnit),
    out.stride,
  );
  const unit = 2 ** node.sumShift;
  return (steps) => {
    kernels.feedthrough(sum.address, u.address, weights, out.address, out.stride, steps, unit);
  };
}

function lookup(node: LookupNode, { kernels, arena, tile, onClip }: ProgramContext): TileOperation {
  const x = tile(node.source);
  const out = tile(node.id);
  const table = constant(arena, node.table, node.table.length);
  const codes = node.table.length;
  const mask = 8 * (codes - 1);
  /** 1 at the places whose value is beyond the word. */
  const beyond = node.clipped === undefined ? undefined : arena.words(codes);
  if (beyond !== undefined) {
    const places = arena.f64(beyond, codes);
    node.clipped?.forEach((code) => (places[code] = 1));
  }
  return (steps) => {
    kernels.lookup(x.address, table, out.address, out.stride, out.length, steps, mask);
    if (beyond === undefined) return;
    onClip(node.id, kernels.lookupSum(x.address, beyond, x.stride, x.length, steps, mask));
  };
}

function embed(node: EmbedNode, { kernels, arena, tile }: ProgramContext): TileOperation {
  const x = tile(node.source);
  const out = tile(node.id);
  const { rows, length } = node;
  const table = arena.words(rows * out.stride);
  const view = arena.f64(table, rows * out.stride);
  for (let row = 0; row < rows; row++) {
    view.set(node.table.subarray(row * length, (row + 1) * length), row * out.stride);
  }
  return (steps) => {
    kernels.embed(x.address, table, out.address, out.stride, steps, rows);
  };
}

function layerNorm(node: LayerNormNode, { kernels, arena, tile }: ProgramContext): TileOperation {
  const x = tile(node.source);
  const out = tile(node.id);
  const table = constant(arena, node.table, node.table.length);
  const shift = node.frac - node.outFrac;
  const mode = MODES[node.rounding];
  const { epsilon, indexBits, length } = node;
  return (steps) => {
    kernels.layerNorm(
      ...([x.address, table, out.address, out.stride, length, steps] as const),
      ...([epsilon, indexBits, shift, mode] as const),
    );
  };
}
