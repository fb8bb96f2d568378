import type { Block } from '../blocks/block.js';
import { bufferBlock } from '../blocks/buffer.js';
import { widenBlock } from '../blocks/widen.js';
import { replayControlBlock, SHORTEST_DELAY } from '../blocks/replay_control.js';
import { SHORTEST_PACE } from '../blocks/step_pacer.js';
import type { IntegerNetwork } from '../../network/types.js';
import { fixed, sized, type Made, type Part } from './part.js';
import type { Connection, Endpoint, Folding, Purpose } from './types.js';

/** A producer's port, and the purpose that it is connected for. */
export interface Producer extends Endpoint {
  /** `stream` where absent. */
  readonly purpose?: Purpose;
}

/** A vector of the network as a stream: the port that yields it, and its width. */
export interface Stream {
  readonly from: Producer;
  readonly lanes: number;
  readonly width: number;
  readonly elements: number;
}

/** The blocks and wires made so far, and the ways to add to them. */
export interface Assembler {
  readonly network: IntegerNetwork;
  readonly folding: Folding;
  /** Adds a block of the current node and segment; `inputs` are the producers at its ports. */
  add(block: Block, inputs: Readonly<Record<string, Producer>>): Block;
  /** Adds a block with sizes, which is made with the least value of each. */
  addSized(made: Made, inputs: Readonly<Record<string, Producer>>): Block;
  /** The stream of a node already assembled. */
  streamOf(node: string): Stream;
  setStream(node: string, stream: Stream): void;
  /** The stream in beats of `lanes`, through a collector where it is narrower. */
  widened(stream: Stream, lanes: number, id: string): Stream;
  /** The stream of a node as one that meets a vector held for it. */
  meeting(node: string): Stream;
  /** A buffer that holds the stream's vectors for a reader of `lanes` words. */
  buffered(stream: Stream, lanes: number, id: string, purpose: 'vector' | 'delay'): Producer;
  /** Goes on to a node of segment `segment`, behind a replay where that begins with it. */
  enter(node: string, segment: number): void;
  /** Goes on to what belongs to no node. */
  leave(): void;
  /** The port where the steps of the current segment start. */
  source(): Producer;
  /** The start alone, behind a replay. */
  go(): Producer;
  readonly parts: readonly Part[];
  readonly connections: readonly Connection[];
}

/** Id of the block that starts the steps of a segment. */
export function sourceBlock(segment: number): string {
  return segment === 0 ? INPUT_BLOCK : `replay${segment}`;
}

export const INPUT_BLOCK = 'input';
export const OUTPUT_BLOCK = 'output';

/** Sizes of a block that starts steps, before the interval is known. */
export const LEAST_START = { interval: SHORTEST_PACE, aligned: false } as const;

/** An assembler without blocks. */
export function createAssembler(network: IntegerNetwork, folding: Folding): Assembler {
  const parts: Part[] = [];
  const connections: Connection[] = [];
  const streams = new Map<string, Stream>();
  let segment = 0;
  let node: string | undefined;

  const source = (): Producer => ({
    block: sourceBlock(segment),
    port: segment === 0 ? 'step' : 'replay',
    purpose: 'step',
  });
  const streamOf = (id: string): Stream => {
    const stream = streams.get(id);
    if (stream === undefined) throw new Error(`node ${id} has no stream yet`);
    return stream;
  };
  const addSized = (made: Made, inputs: Readonly<Record<string, Producer>>): Block => {
    const { block } = made;
    parts.push({ ...made, segment, node });
    for (const [port, { block: from, port: fromPort, purpose = 'stream' }] of Object.entries(
      inputs,
    )) {
      connections.push({
        from: { block: from, port: fromPort },
        to: { block: block.id, port },
        purpose,
      });
    }
    return block;
  };
  const add = (block: Block, inputs: Readonly<Record<string, Producer>>): Block =>
    addSized(fixed(block), inputs);
  return {
    network,
    folding,
    parts,
    connections,
    source,
    add,
    addSized,
    streamOf,
    setStream(id, stream) {
      streams.set(id, stream);
    },
    widened(stream, lanes, id) {
      if (stream.lanes === lanes) return stream;
      const { width, elements } = stream;
      add(widenBlock({ id, width, inLanes: stream.lanes, outLanes: lanes, elements }), {
        in: stream.from,
      });
      return { from: { block: id, port: 'out' }, lanes, width, elements };
    },
    meeting(id) {
      const stream = streamOf(id);
      return { ...stream, from: { ...stream.from, purpose: 'meeting' } };
    },
    buffered({ from, width, elements, lanes: writeLanes }, readLanes, id, purpose) {
      const { place } = folding.fabric;
      const parameters = { id, width, elements, writeLanes, readLanes, banks: 1, place };
      addSized(sized(bufferBlock, parameters, ['banks']), { in: { ...from, purpose } });
      return { block: id, port: 'vec', purpose };
    },
    enter(id, next) {
      node = undefined;
      if (next !== segment) {
        if (next !== segment + 1) throw new Error(`segment ${next} comes after ${segment}`);
        const step = source();
        segment = next;
        const parameters = {
          ...{ id: sourceBlock(segment), depth: 1, delay: SHORTEST_DELAY },
          ...LEAST_START,
        };
        addSized(sized(replayControlBlock, parameters, ['interval', 'aligned', 'depth', 'delay']), {
          step,
        });
      }
      node = id;
    },
    leave() {
      node = undefined;
    },
    go: () => ({ block: sourceBlock(segment), port: 'go', purpose: 'go' }),
  };
}
