import type { Block } from '../blocks/block.js';
import { bufferBlock } from '../blocks/buffer.js';
import { collectBlock } from '../blocks/collect.js';
import { delayBlock } from '../blocks/delay.js';
import type { OperandWidths } from '../blocks/multiply_port.js';
import type { IntegerNetwork } from '../network/types.js';
import type { Connection, Endpoint, Folding, ReplaySize } from './types.js';

/** What assembling needs to know of the schedule; found by assembling once without it. */
export interface Sizes {
  readonly interval: number;
  /** Cycles that a step has at least, by its slowest engine or the wish of the folding. */
  readonly pace: number;
  readonly slots: number;
  /** Vectors per buffer, by block id. */
  readonly banks: ReadonlyMap<string, number>;
  /** By id of the replay block. */
  readonly replays: ReadonlyMap<string, ReplaySize>;
  /** Cycles for which the stream into a node waits for its partner, by node id; none if absent. */
  readonly waits: ReadonlyMap<string, number>;
  /** Operands of the multipliers that serve an engine, by block id; its own where absent. */
  readonly served: ReadonlyMap<string, OperandWidths>;
  /** Segments whose steps start whole intervals apart. */
  readonly aligned: ReadonlySet<number>;
}

/** A vector of the network as a stream: which port yields it, and how wide. */
export interface Stream {
  readonly from: Endpoint;
  readonly lanes: number;
  readonly width: number;
  readonly elements: number;
}

/** The blocks and wires made so far, and the ways to add to them. */
export interface Assembler {
  readonly network: IntegerNetwork;
  readonly folding: Folding;
  readonly sizes: Sizes;
  /** Adds a block of the current segment; `inputs` are the producers at its ports. */
  add(block: Block, inputs: Readonly<Record<string, Endpoint>>): Block;
  /** The stream of a node already assembled. */
  streamOf(node: string): Stream;
  setStream(node: string, stream: Stream): void;
  /** The stream in beats of `lanes`, through a collector where it is narrower. */
  widened(stream: Stream, lanes: number, id: string): Stream;
  /** The stream into a node, later where it would come before its partner. */
  waiting(node: { readonly id: string; readonly source: string }): Stream;
  /** A buffer that holds the stream's vectors for a reader of `lanes` words. */
  buffered(stream: Stream, lanes: number, id: string): Endpoint;
  /** The multipliers that serve an engine, as its contract takes them. */
  servedBy(id: string): { readonly served?: OperandWidths };
  /** Goes on to segment `segment`, behind a replay where it is not the first. */
  enter(segment: number): void;
  /** Where the steps of the current segment start: the step bundle of its source. */
  source(): Endpoint;
  /** The start alone, behind a replay. */
  go(): Endpoint;
  readonly blocks: readonly Block[];
  readonly connections: readonly Connection[];
  /** By block id. */
  readonly segmentOf: ReadonlyMap<string, number>;
}

/** Id of the block that starts the steps of a segment. */
export function sourceBlock(segment: number): string {
  return segment === 0 ? INPUT_BLOCK : `replay${segment}`;
}

export const INPUT_BLOCK = 'input';
export const OUTPUT_BLOCK = 'output';

/** An assembler without blocks. `replay` makes the block between two segments. */
export function createAssembler(
  network: IntegerNetwork,
  folding: Folding,
  sizes: Sizes,
  replay: (id: string, segment: number) => Block,
): Assembler {
  const blocks: Block[] = [];
  const connections: Connection[] = [];
  const segmentOf = new Map<string, number>();
  const streams = new Map<string, Stream>();
  let segment = 0;

  const source = (): Endpoint => ({
    block: sourceBlock(segment),
    port: segment === 0 ? 'step' : 'replay',
  });
  const add = (block: Block, inputs: Readonly<Record<string, Endpoint>>): Block => {
    blocks.push(block);
    segmentOf.set(block.id, segment);
    for (const [port, from] of Object.entries(inputs)) {
      connections.push({ from, to: { block: block.id, port } });
    }
    return block;
  };
  return {
    network,
    folding,
    sizes,
    blocks,
    connections,
    segmentOf,
    source,
    add,
    streamOf(node) {
      const stream = streams.get(node);
      if (stream === undefined) throw new Error(`node ${node} has no stream yet`);
      return stream;
    },
    setStream(node, stream) {
      streams.set(node, stream);
    },
    widened(stream, lanes, id) {
      if (stream.lanes === lanes) return stream;
      const { width, elements } = stream;
      add(collectBlock({ id, width, inLanes: stream.lanes, outLanes: lanes, elements }), {
        in: stream.from,
      });
      return { from: { block: id, port: 'out' }, lanes, width, elements };
    },
    waiting({ id: node, source: from }) {
      const stream = streams.get(from);
      if (stream === undefined) throw new Error(`node ${from} has no stream yet`);
      const cycles = sizes.waits.get(node);
      if (cycles === undefined) return stream;
      const id = `${node}_wait`;
      const { lanes, width, elements } = stream;
      const { place } = folding.fabric;
      add(delayBlock({ id, elements, lanes, width, cycles, place }), { in: stream.from });
      return { ...stream, from: { block: id, port: 'out' } };
    },
    buffered(stream, lanes, id) {
      const block = bufferBlock({
        id,
        width: stream.width,
        elements: stream.elements,
        writeLanes: stream.lanes,
        readLanes: lanes,
        banks: sizes.banks.get(id) ?? 1,
        place: folding.fabric.place,
      });
      add(block, { in: stream.from });
      return { block: id, port: 'vec' };
    },
    servedBy(id) {
      const served = sizes.served.get(id);
      return served === undefined ? {} : { served };
    },
    enter(next) {
      if (next === segment) return;
      if (next !== segment + 1) throw new Error(`segment ${next} comes after ${segment}`);
      const from = source();
      segment = next;
      add(replay(sourceBlock(segment), segment), { step: from });
    },
    go: () => ({ block: sourceBlock(segment), port: 'go' }),
  };
}
