import { at } from '../../../base/at.js';
import { roundQuotient } from '../../../base/fixed/rounding.js';
import { canClip } from '../../ops/table.js';
import { pooledNodes, segmentsOf } from '../../segments.js';
import {
  inputNode,
  nodeById,
  type IntegerNetwork,
  type PoolNode,
  type ReverseNode,
} from '../../types.js';
import type { Emulator } from '../emulator.js';
import { createArena, type Arena } from './arena.js';
import { instantiateKernels } from './kernels.js';
import { createTile, TILE, tileOperation, type ProgramContext, type Tile } from './program.js';

/** Whole sequence of a vector that a `reverse` reads: [L, stride]. */
interface History {
  address: number;
  steps: number;
}

export interface FastEmulatorOptions {
  /** Memory for the program; without it, one of its own. */
  readonly arena?: Arena;
  /** Called with each tile of a node: its step `from` in the order of the stream, and `steps` vectors. */
  readonly seen?: (id: string, tile: Tile, from: number, steps: number) => void;
}

export interface FastEmulator extends Emulator {
  /** The same as `run` for vectors that follow each other in one array, [L, length of the input]. */
  readonly runWords: (words: Float64Array, ended?: boolean) => Float64Array[];
}

/**
 * The integer network in WebAssembly: words and clipped counts of `createEmulator`, many times
 * faster. Only the recurrence needs one step before the next, so every node runs a tile of steps
 * at once.
 */
export function createFastEmulator(
  network: IntegerNetwork,
  { arena = createArena(), seen }: FastEmulatorOptions = {},
): FastEmulator {
  const kernels = instantiateKernels(arena.memory);
  const clipped = new Map<string, number>();
  const tiles = new Map<string, Tile>();
  const tile = (id: string): Tile => {
    const found = tiles.get(id);
    if (found === undefined) throw new Error(`no vector ${id} yet`);
    return found;
  };
  for (const node of network.nodes) {
    tiles.set(node.id, createTile(arena, node.length));
    if (canClip(node)) clipped.set(node.id, 0);
  }
  const context: ProgramContext = {
    kernels,
    arena,
    tile,
    node: (id) => nodeById(network, id),
    onClip: (id, count) => {
      if (count > 0) clipped.set(id, (clipped.get(id) ?? 0) + count);
    },
  };

  const input = inputNode(network);
  const segmentOf = segmentsOf(network);
  const pooled = pooledNodes(network);
  const histories = new Map<string, History>();
  for (const node of network.nodes) {
    if (node.op === 'reverse') histories.set(node.source, { address: 0, steps: 0 });
  }
  /** Row of the last step, in every node that runs once a step. */
  let lastRow = 0;

  const read = (id: string, row: number): Float64Array => {
    const { address, stride, length } = tile(id);
    // Kernels may make -0.
    return arena.f64(address + 8 * row * stride, length).map((word) => word + 0);
  };
  const reversed = ({ id, source }: ReverseNode, from: number, steps: number, length: number) => {
    const { address, stride } = tile(id);
    const whole = arena.f64(histories.get(source)?.address ?? 0, length * stride);
    const out = arena.f64(address, TILE * stride);
    for (let t = 0; t < steps; t++) {
      const start = (length - 1 - from - t) * stride;
      out.set(whole.subarray(start, start + stride), t * stride);
    }
  };
  const pool = createPool(context);

  /** Per segment: what runs on every tile, and what runs once the sequence is over. */
  const segments: { each: SpanOperation[]; once: SpanOperation[] }[] = [];
  const onceOnly = new Set<string>();
  const add = (to: SpanOperation[], id: string, run: SpanOperation) => {
    to.push(run);
    if (seen !== undefined) {
      to.push((steps, { from }) => {
        seen(id, tile(id), from, steps);
      });
    }
    if (histories.has(id)) {
      to.push((steps, { from }) => {
        keep(id, from, steps);
      });
    }
    if (id === network.output) {
      to.push((steps) => {
        collect(id, steps);
      });
    }
  };
  for (const node of network.nodes) {
    const segment = (segments[segmentOf.get(node.id) ?? 0] ??= { each: [], once: [] });
    const { id } = node;
    if (node.op === 'pool') {
      const { take, finish } = pool(node);
      segment.each.push(take);
      onceOnly.add(id);
      add(segment.once, id, finish);
    } else if (node.op === 'reverse') {
      add(segment.each, id, (steps, { from, length }) => {
        reversed(node, from, steps, length);
      });
    } else if (node.op === 'input') {
      add(segment.each, id, load);
    } else {
      const operation = tileOperation(node, context);
      if (pooled.has(id)) onceOnly.add(id);
      add(pooled.has(id) ? segment.once : segment.each, id, (steps, { from }) => {
        operation(steps, from === 0);
      });
    }
  }

  let outputs: Float64Array[] = [];
  const runWords = (words: Float64Array, ended = true): Float64Array[] => {
    const length = words.length / input.length;
    for (const [id, history] of histories) {
      if (history.steps >= length) continue;
      history.steps = length;
      history.address = arena.words(length * tile(id).stride);
    }
    outputs = [];
    for (const { each, once } of ended ? segments : segments.slice(0, 1)) {
      for (let from = 0; from < length; from += TILE) {
        const steps = Math.min(TILE, length - from);
        const span = { from, length, words };
        for (const run of each) run(steps, span);
        lastRow = steps - 1;
      }
      if (!ended) continue;
      for (const run of once) run(1, { from: 0, length, words });
    }
    return outputs;
  };
  return {
    run: (sequence, ended) => runWords(inOneArray(sequence, input.length), ended),
    runWords,
    vector: (id) => read(id, onceOnly.has(id) ? 0 : lastRow),
    clipped,
  };

  function load(steps: number, { from, words }: Span): void {
    const { address, stride, length } = tile(input.id);
    const to = arena.f64(address, TILE * stride);
    for (let t = 0; t < steps; t++) {
      for (let n = 0; n < length; n++) to[t * stride + n] = at(words, (from + t) * length + n);
    }
  }

  /** Copies a tile to where the whole sequence is kept. */
  function keep(id: string, from: number, steps: number): void {
    const { address, stride } = tile(id);
    const words = arena.f64(address, steps * stride);
    const history = histories.get(id)?.address ?? 0;
    arena.f64(history + 8 * from * stride, steps * stride).set(words);
  }

  function collect(id: string, steps: number): void {
    for (let t = 0; t < steps; t++) outputs.push(read(id, t));
  }
}

/** Vectors of `width` words as one array. */
function inOneArray(sequence: readonly ArrayLike<number>[], width: number): Float64Array {
  const words = new Float64Array(sequence.length * width);
  for (const [t, vector] of sequence.entries()) {
    if (vector.length !== width) throw new Error(`${vector.length} words instead of ${width}`);
    words.set(vector, t * width);
  }
  return words;
}

/** Place of a tile in its sequence. */
interface Span {
  readonly from: number;
  readonly length: number;
  /** The whole sequence, [length, elements]. */
  readonly words: Float64Array;
}

type SpanOperation = (steps: number, span: Span) => void;

/** Pools: what they take from every tile, and the vector that they leave in row 0 at the end. */
function createPool({ kernels, arena, tile }: ProgramContext) {
  return (node: PoolNode) => {
    const x = tile(node.source);
    const out = tile(node.id);
    const row = (t: number) => arena.f64(x.address + 8 * t * x.stride, x.stride);
    const sum = arena.words(x.stride);
    const view = () => arena.f64(sum, x.stride);
    const take: SpanOperation = (steps, { from, length }) => {
      if (from === 0) view().fill(0);
      if (node.mode === 'mean') kernels.accumulate(x.address, sum, x.stride, steps);
      else if (node.mode === 'first' && from === 0) view().set(row(0));
      else if (node.mode === 'last' && from + steps === length) view().set(row(steps - 1));
    };
    const finish: SpanOperation = (_steps, { length }) => {
      const total = view();
      const words =
        node.mode === 'mean'
          ? total.map((word) => roundQuotient(word, length, node.rounding))
          : total;
      arena.f64(out.address, out.stride).set(words);
    };
    return { take, finish };
  };
}
