import { axisInBlock } from '../blocks/axis_in.js';
import { axisOutBlock } from '../blocks/axis_out.js';
import type { Block } from '../blocks/block.js';
import { bufferBlock } from '../blocks/buffer.js';
import { collectBlock } from '../blocks/collect.js';
import { feedthroughBlock } from '../blocks/feedthrough.js';
import { gateBlock } from '../blocks/gate.js';
import type { OperandWidths } from '../blocks/multiply_port.js';
import { lookupBlock } from '../blocks/lookup.js';
import { matvecBlock } from '../blocks/matvec.js';
import { recurrenceBlock } from '../blocks/recurrence.js';
import { residualBlock } from '../blocks/residual.js';
import { requantizeBlock } from '../blocks/requantize.js';
import { gcd } from '../blocks/words.js';
import { lambdaProductRange, rescaleWidth } from '../network/bounds.js';
import {
  inputNode,
  nodeById,
  sourcesOf,
  type FeedthroughNode,
  type GateNode,
  type IntegerNetwork,
  type LambdaBar,
  type LookupNode,
  type MatvecNode,
  type Node,
  type RecurrenceNode,
  type RequantizeNode,
  type ResidualNode,
} from '../network/types.js';
import type { Connection, Endpoint, Folding } from './types.js';

/** What assembling needs to know of the schedule; found by assembling once without it. */
export interface Sizes {
  readonly interval: number;
  readonly slots: number;
  /** Vectors per buffer, by block id. */
  readonly banks: ReadonlyMap<string, number>;
  /** Operands of the multipliers that serve an engine, by block id; its own where absent. */
  readonly served?: ReadonlyMap<string, OperandWidths>;
}

export interface Assembly {
  readonly blocks: readonly Block[];
  readonly connections: readonly Connection[];
}

/** A vector of the network as a stream: which port yields it, and how wide. */
interface Stream {
  readonly from: Endpoint;
  readonly lanes: number;
  readonly width: number;
  readonly elements: number;
}

export const INPUT_BLOCK = 'input';
export const OUTPUT_BLOCK = 'output';

/** Blocks and wires of an integer network under a folding, node by node. */
export function assemble(network: IntegerNetwork, folding: Folding, sizes: Sizes): Assembly {
  const blocks: Block[] = [];
  const connections: Connection[] = [];
  const streams = new Map<string, Stream>();

  const streamOf = (node: string): Stream => {
    const stream = streams.get(node);
    if (stream === undefined) throw new Error(`node ${node} has no stream yet`);
    return stream;
  };
  const add = (block: Block, inputs: Readonly<Record<string, Endpoint>>): string => {
    blocks.push(block);
    for (const [port, from] of Object.entries(inputs)) {
      connections.push({ from, to: { block: block.id, port } });
    }
    return block.id;
  };
  /** The stream in beats of `lanes`, through a collector where it is narrower. */
  const widened = (stream: Stream, lanes: number, id: string): Stream => {
    if (stream.lanes === lanes) return stream;
    const { width, elements } = stream;
    const block = collectBlock({ id, width, inLanes: stream.lanes, outLanes: lanes, elements });
    add(block, { in: stream.from });
    return { from: { block: id, port: 'out' }, lanes, width, elements };
  };
  /** A buffer that holds the stream's vectors for a reader of `lanes` words. */
  const buffered = (stream: Stream, lanes: number, id: string): Endpoint => {
    const block = bufferBlock({
      id,
      width: stream.width,
      elements: stream.elements,
      writeLanes: stream.lanes,
      readLanes: lanes,
      banks: sizes.banks.get(id) ?? 1,
    });
    add(block, { in: stream.from });
    return { block: id, port: 'vec' };
  };

  /** The `served` of an engine's contract. */
  const servedBy = (id: string): { served?: OperandWidths } => {
    const served = sizes.served?.get(id);
    return served === undefined ? {} : { served };
  };

  const lower = {
    requantize(node: RequantizeNode): Stream {
      const source = streamOf(node.source);
      const sourceRange = nodeById(network, node.source).range;
      add(
        requantizeBlock({
          id: node.id,
          ...servedBy(node.id),
          channels: node.length,
          lanes: source.lanes,
          inWidth: source.width,
          outWidth: node.format.width,
          multiplier: node.multiplier,
          offset: node.offset,
          shift: node.shift,
          rounding: node.rounding,
          sumWidth: rescaleWidth(sourceRange, node.multiplier, node.offset),
        }),
        { in: source.from },
      );
      return streamFrom(node, source.lanes, node.format.width);
    },
    matvec(node: MatvecNode): Stream {
      const source = streamOf(node.source);
      const { pe, simd } = foldingOf(node);
      const outLanes = sumLanes(pe, node.cols / simd, consumerLanes(network, node.id, folding));
      const x = buffered(source, simd, `${node.id}_vector`);
      add(
        matvecBlock({
          id: node.id,
          ...servedBy(node.id),
          name: node.id.toUpperCase(),
          rows: node.length,
          cols: node.cols,
          weights: node.weights,
          xWidth: source.width,
          weightWidth: node.weightWidth,
          accWidth: node.format.width,
          pe,
          simd,
          outLanes,
        }),
        { x },
      );
      return streamFrom(node, outLanes, node.format.width);
    },
    recurrence(node: RecurrenceNode): Stream {
      const { lanes, multipliers } = folding.recurrence;
      const source = widened(streamOf(node.source), 2 * lanes, `${node.id}_collect`);
      add(
        recurrenceBlock({
          id: node.id,
          ...servedBy(node.id),
          states: node.length / 2,
          lanes,
          multipliers,
          stateWidth: node.format.width,
          buWidth: source.width,
          coefficients: coefficientsOf(node.lambda),
          accRange: lambdaProductRange(node.lambda, node.range),
          rounding: node.rounding,
        }),
        { in: source.from },
      );
      return streamFrom(node, 2 * lanes, node.format.width);
    },
    feedthrough(node: FeedthroughNode): Stream {
      const source = streamOf(node.source);
      const input = streamOf(node.input);
      const u = buffered(input, source.lanes, `${node.id}_delay`);
      const block = feedthroughBlock({
        id: node.id,
        ...servedBy(node.id),
        channels: node.length,
        lanes: source.lanes,
        inWidth: source.width,
        uWidth: input.width,
        weights: node.weights,
        weightWidth: node.weightWidth,
        sumShift: node.sumShift,
        productShift: node.productShift,
        outWidth: node.format.width,
      });
      add(block, { in: source.from, u });
      const width = block.ports.find((port) => port.name === 'out')?.width ?? node.format.width;
      return streamFrom(node, source.lanes, width);
    },
    lookup(node: LookupNode): Stream {
      const source = streamOf(node.source);
      const block = lookupBlock({
        id: node.id,
        channels: node.length,
        lanes: source.lanes,
        inWidth: source.width,
        outWidth: node.format.width,
        table: node.table,
      });
      add(block, { in: source.from });
      return streamFrom(node, source.lanes, node.format.width);
    },
    gate(node: GateNode): Stream {
      const source = streamOf(node.source);
      const input = streamOf(node.input);
      const a = buffered(input, source.lanes, `${node.id}_delay`);
      const block = gateBlock({
        id: node.id,
        ...servedBy(node.id),
        channels: node.length,
        lanes: source.lanes,
        inWidth: source.width,
        aWidth: input.width,
      });
      add(block, { in: source.from, a });
      return streamFrom(node, source.lanes, source.width + input.width);
    },
    residual(node: ResidualNode): Stream {
      const source = streamOf(node.source);
      const input = streamOf(node.input);
      const skip = buffered(input, source.lanes, `${node.id}_delay`);
      const block = residualBlock({
        id: node.id,
        channels: node.length,
        lanes: source.lanes,
        inWidth: source.width,
        skipWidth: input.width,
        outWidth: node.format.width,
      });
      add(block, { in: source.from, skip });
      return streamFrom(node, source.lanes, node.format.width);
    },
  };
  const foldingOf = (node: MatvecNode) => {
    const found = folding.matvec[node.id];
    if (found === undefined) throw new Error(`no folding for ${node.id}`);
    return found;
  };

  const input = inputNode(network);
  add(
    axisInBlock({
      id: INPUT_BLOCK,
      elements: input.length,
      lanes: folding.inputLanes,
      width: input.format.width,
      interval: sizes.interval,
    }),
    {},
  );
  for (const node of network.nodes) {
    const stream =
      node.op === 'input'
        ? {
            from: { block: INPUT_BLOCK, port: 'out' },
            lanes: folding.inputLanes,
            width: node.format.width,
            elements: node.length,
          }
        : lowerNode(node, lower);
    streams.set(node.id, stream);
  }

  const last = widened(streamOf(network.output), folding.outputLanes, `${OUTPUT_BLOCK}_collect`);
  add(
    axisOutBlock({
      id: OUTPUT_BLOCK,
      elements: last.elements,
      lanes: last.lanes,
      width: last.width,
      slots: sizes.slots,
    }),
    { step: { block: INPUT_BLOCK, port: 'step' }, in: last.from },
  );
  return { blocks, connections };
}

interface Lowering {
  requantize(node: RequantizeNode): Stream;
  matvec(node: MatvecNode): Stream;
  recurrence(node: RecurrenceNode): Stream;
  feedthrough(node: FeedthroughNode): Stream;
  lookup(node: LookupNode): Stream;
  gate(node: GateNode): Stream;
  residual(node: ResidualNode): Stream;
}

function lowerNode(node: Exclude<Node, { op: 'input' }>, lower: Lowering): Stream {
  switch (node.op) {
    case 'requantize':
      return lower.requantize(node);
    case 'matvec':
      return lower.matvec(node);
    case 'recurrence':
      return lower.recurrence(node);
    case 'feedthrough':
      return lower.feedthrough(node);
    case 'lookup':
      return lower.lookup(node);
    case 'gate':
      return lower.gate(node);
    case 'residual':
      return lower.residual(node);
  }
}

function streamFrom(node: Node, lanes: number, width: number): Stream {
  return { from: { block: node.id, port: 'out' }, lanes, width, elements: node.length };
}

/**
 * Words per beat that the first engine behind a node wants: twice the lanes of a recurrence, the
 * lanes of the output; 0 where a buffer takes any number.
 */
function consumerLanes(network: IntegerNetwork, id: string, folding: Folding): number {
  if (network.output === id) return folding.outputLanes;
  const consumer = network.nodes.find((node) => sourcesOf(node)[0] === id);
  switch (consumer?.op) {
    case 'recurrence':
      return 2 * folding.recurrence.lanes;
    case 'requantize':
    case 'feedthrough':
    case 'lookup':
    case 'gate':
    case 'residual':
      return consumerLanes(network, consumer.id, folding);
    case 'matvec':
    case 'input':
    case undefined:
      return 0;
  }
}

/**
 * Sums per beat of a matvec: as few as let its pe sums leave within the reads of a group, among
 * those that divide both pe and the consumer's lanes; the most of these where none is enough.
 */
function sumLanes(pe: number, reads: number, consumer: number): number {
  const most = gcd(pe, consumer);
  for (let lanes = 1; lanes < most; lanes++) {
    if (most % lanes === 0 && pe / lanes <= reads) return lanes;
  }
  return most;
}

function coefficientsOf(lambda: LambdaBar) {
  const { width, frac, re, im } = lambda;
  return lambda.form === 'direct'
    ? { delta: false, width, frac, re, im, reShift: new Int32Array(0), imShift: new Int32Array(0) }
    : { delta: true, width, frac, re, im, reShift: lambda.reShift, imShift: lambda.imShift };
}
