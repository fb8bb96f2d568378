import { Qs5Error } from '../../base/errors.js';
import { portOf } from '../blocks/block.js';
import { embedBlock } from '../blocks/embed.js';
import { feedthroughBlock } from '../blocks/feedthrough.js';
import { feedthroughChainBlock, feedthroughChains } from '../blocks/feedthrough_chain.js';
import { gateBlock } from '../blocks/gate.js';
import { interleaveStatesBlock } from '../blocks/interleave_states.js';
import { layerNormBlock } from '../blocks/layer_norm.js';
import { lookupBlock } from '../blocks/lookup.js';
import { matvecBlock } from '../blocks/matvec.js';
import { matvecChainBlock } from '../blocks/matvec_chain.js';
import { matvecRingBlock } from '../blocks/matvec_ring.js';
import type { MatvecParameters } from '../blocks/matvec_core.js';
import { poolLastBlock } from '../blocks/pool_last.js';
import { poolMeanBlock, serialInterval } from '../blocks/pool_mean.js';
import { recurrenceBlock } from '../blocks/recurrence.js';
import { recurrenceChainBlock } from '../blocks/recurrence_chain.js';
import { recurrenceAccWidth } from '../blocks/recurrence_core.js';
import { recurrenceSerialBlock } from '../blocks/recurrence_serial.js';
import { requantizeBlock } from '../blocks/requantize.js';
import { requantizeChainBlock, requantizeCut } from '../blocks/requantize_chain.js';
import type { RequantizeParameters } from '../blocks/requantize_core.js';
import { residualBlock } from '../blocks/residual.js';
import { reverseBlock } from '../blocks/reverse.js';
import { isShift, requantizeShiftBlock } from '../blocks/requantize_shift.js';
import { gcd } from '../blocks/words.js';
import { lambdaProductRange } from '../../network/bounds.js';
import {
  nodeById,
  type EmbedNode,
  type FeedthroughNode,
  type GateNode,
  type IntegerNetwork,
  type JoinNode,
  type LambdaBar,
  type LayerNormNode,
  type LookupNode,
  type MatrixRole,
  type MatvecNode,
  type Node,
  type NodeOf,
  type Op,
  type PoolNode,
  type RecurrenceNode,
  type RequantizeNode,
  type ResidualNode,
  type ReverseNode,
} from '../../network/types.js';
import { sourcesOf } from '../../network/ops/table.js';
import type { Assembler, Stream } from './assembler.js';
import { chooseEngine, type MatvecEngine } from './engine.js';
import type { Fabric } from './fabric.js';
import { fixed, sized, type Made } from './part.js';
import type { Folding, MatvecFolding } from './types.js';

/** Operations that become blocks; the input edge is not one of them. */
type LoweredOp = Exclude<Op, 'input'>;

type Lowering<K extends LoweredOp> = (a: Assembler, node: NodeOf<K>) => Stream;
type Lowerings = { readonly [K in LoweredOp]: Lowering<K> };

const LOWERINGS: Lowerings = {
  embed: lowerEmbed,
  layer_norm: lowerLayerNorm,
  reverse: lowerReverse,
  join: lowerJoin,
  pool: lowerPool,
  requantize: lowerRequantize,
  matvec: lowerMatvec,
  recurrence: lowerRecurrence,
  feedthrough: lowerFeedthrough,
  lookup: lowerLookup,
  gate: lowerGate,
  residual: lowerResidual,
};

function loweringOf<K extends LoweredOp>(op: K): Lowering<K> {
  return LOWERINGS[op];
}

/** The blocks of one node, behind those of its sources: the stream that they yield. */
export function lowerNode(a: Assembler, node: NodeOf<LoweredOp>): Stream {
  return loweringOf(node.op)(a, node);
}

function streamFrom(node: Node, lanes: number, width: number): Stream {
  return { from: { block: node.id, port: 'out' }, lanes, width, elements: node.length };
}

function lowerEmbed(a: Assembler, node: EmbedNode): Stream {
  const source = a.streamOf(node.source);
  const { pe: lanes } = foldingOf(a, node.id);
  const { id, rows, length: channels, table } = node;
  const { width } = node.format;
  a.add(embedBlock({ id, rows, channels, lanes, indexWidth: source.width, width, table }), {
    in: source.from,
  });
  return streamFrom(node, lanes, width);
}

function lowerLayerNorm(a: Assembler, node: LayerNormNode): Stream {
  const source = a.streamOf(node.source);
  const x = a.buffered(source, source.lanes, `${node.id}_vector`, 'vector');
  const { operands } = a.folding.fabric;
  const block = layerNormBlock({
    ...(operands === undefined ? {} : { operands }),
    id: node.id,
    channels: node.length,
    lanes: source.lanes,
    inWidth: source.width,
    outWidth: node.format.width,
    epsilon: node.epsilon,
    indexWidth: node.indexBits,
    frac: node.frac,
    outFrac: node.outFrac,
    rounding: node.rounding,
    table: node.table,
    place: a.folding.fabric.place,
  });
  a.add(block, { in: source.from, x });
  return streamFrom(node, source.lanes, node.format.width);
}

function lowerReverse(a: Assembler, node: ReverseNode): Stream {
  const { from, lanes, width, elements } = a.streamOf(node.source);
  const { place } = a.folding.fabric;
  const parameters = { id: node.id, elements, lanes, width, depth: 1, place };
  a.addSized(sized(reverseBlock, parameters, ['depth']), { in: from, go: a.go() });
  return streamFrom(node, lanes, width);
}

function lowerJoin(a: Assembler, node: JoinNode): Stream {
  // It joins whole states.
  const meeting = a.meeting(node.source);
  const source = meeting.lanes === 1 ? a.widened(meeting, 2, `${node.id}_collect`) : meeting;
  const input = a.streamOf(node.input);
  const { lanes, width, elements } = source;
  const first = a.buffered(input, lanes, `${node.id}_delay`, 'delay');
  a.add(interleaveStatesBlock({ id: node.id, elements, lanes, width }), {
    in: source.from,
    a: first,
  });
  return streamFrom(node, 2 * lanes, width);
}

function lowerPool(a: Assembler, node: PoolNode): Stream {
  const source = a.streamOf(node.source);
  const { lanes, width, elements: channels } = source;
  const { id, mode, rounding } = node;
  const { place } = a.folding.fabric;
  if (mode === 'mean') {
    const maxSteps = maxLengthOf(a.network);
    const serialCycles = serialInterval(channels / lanes, width);
    const pool = ({ pace }: { readonly pace: number }) =>
      poolMeanBlock({
        ...{ id, channels, lanes, width, maxSteps, rounding, place },
        serial: serialCycles <= pace,
      });
    a.addSized(sized(pool, { pace: 1 }, ['pace']), { in: source.from });
  } else {
    const onFirst = mode === 'first';
    a.add(poolLastBlock({ id, channels, lanes, width, onFirst }), { in: source.from });
  }
  return streamFrom(node, lanes, width);
}

/** Longest sequence of a network that has to know it. */
export function maxLengthOf({ name, maxLength }: IntegerNetwork): number {
  if (maxLength === undefined) throw new Error(`network ${name} has no longest sequence`);
  return maxLength;
}

function lowerRequantize(a: Assembler, node: RequantizeNode): Stream {
  const source = a.streamOf(node.source);
  const { share, fabric } = a.folding;
  const parameters = {
    id: node.id,
    place: fabric.place,
    channels: node.length,
    lanes: source.lanes,
    inWidth: source.width,
    inRange: nodeById(a.network, node.source).range,
    outWidth: node.format.width,
    multiplier: node.multiplier,
    offset: node.offset,
    shift: node.shift,
    rounding: node.rounding,
  };
  a.addSized(requantizer(parameters, share, fabric), { in: source.from });
  return streamFrom(node, source.lanes, node.format.width);
}

function requantizer(parameters: RequantizeParameters, share: boolean, fabric: Fabric): Made {
  if (isShift(parameters)) return fixed(requantizeShiftBlock(parameters));
  // Multipliers that add cannot be shared.
  const cut = share ? undefined : requantizeCut(parameters, fabric);
  return cut === undefined
    ? sized(requantizeBlock, { ...parameters, carry: fabric.carry }, ['served'])
    : fixed(requantizeChainBlock({ ...parameters, cut }));
}

function lowerMatvec(a: Assembler, node: MatvecNode): Stream {
  const source = a.streamOf(node.source);
  const { pe, simd } = foldingOf(a, node.id);
  const outLanes = sumLanes(pe, node.cols / simd, consumerLanes(a.network, node.id, a.folding));
  const x = a.buffered(source, simd, `${node.id}_vector`, 'vector');
  const { share, fabric } = a.folding;
  const parameters = {
    id: node.id,
    place: fabric.place,
    accumulate: fabric.accumulate,
    name: matrixName(node),
    rows: node.length,
    cols: node.cols,
    weights: node.weights,
    xWidth: source.width,
    weightWidth: node.weightWidth,
    accWidth: node.format.width,
    pe,
    simd,
    outLanes,
  };
  const { engine } = chooseEngine(parameters, fabric, share);
  a.addSized(matvecOf(parameters, engine, fabric), { x });
  return streamFrom(node, outLanes, node.format.width);
}

function matvecOf(parameters: MatvecParameters, engine: MatvecEngine, { hold }: Fabric): Made {
  switch (engine.kind) {
    case 'ring':
      return fixed(matvecRingBlock({ ...parameters, ...engine.shape, hold }));
    case 'chain':
      return fixed(matvecChainBlock({ ...parameters, chain: engine.chain }));
    case 'plain':
      return sized(matvecBlock, parameters, ['served']);
  }
}

function lowerRecurrence(a: Assembler, node: RecurrenceNode): Stream {
  const { lanes, multipliers } = a.folding.recurrence;
  const source = a.widened(a.streamOf(node.source), stateLanes(a.folding), `${node.id}_collect`);
  const parameters = {
    id: node.id,
    states: node.length / 2,
    lanes,
    stateWidth: node.format.width,
    buWidth: source.width,
    coefficients: coefficientsOf(node.lambda),
    accRange: lambdaProductRange(node.lambda, node.range),
    rounding: node.rounding,
    place: a.folding.fabric.place,
  };
  if (multipliers === 1) {
    a.add(recurrenceSerialBlock(parameters), { in: source.from });
    return streamFrom(node, 1, node.format.width);
  }
  const { share, fabric } = a.folding;
  const accBits = recurrenceAccWidth(
    parameters.accRange,
    parameters.coefficients.frac,
    parameters.rounding,
  );
  // Multipliers that add cannot be shared, nor be three.
  const own = !share && multipliers === 4 && fabric.chain > 1 && accBits <= fabric.adderBits;
  const made = own
    ? fixed(recurrenceChainBlock(parameters))
    : sized(recurrenceBlock, { ...parameters, multipliers }, ['served']);
  a.addSized(made, { in: source.from });
  return streamFrom(node, 2 * lanes, node.format.width);
}

function lowerFeedthrough(a: Assembler, node: FeedthroughNode): Stream {
  const source = a.meeting(node.source);
  const input = a.streamOf(node.input);
  const u = a.buffered(input, source.lanes, `${node.id}_delay`, 'delay');
  const { share, fabric } = a.folding;
  const parameters = {
    id: node.id,
    channels: node.length,
    lanes: source.lanes,
    place: fabric.place,
    inWidth: source.width,
    uWidth: input.width,
    weights: node.weights,
    weightWidth: node.weightWidth,
    sumShift: node.sumShift,
    productShift: node.productShift,
    outWidth: node.format.width,
  };
  // Multipliers that add cannot be shared.
  const own = !share && feedthroughChains(parameters, fabric);
  const made = own
    ? fixed(feedthroughChainBlock(parameters))
    : sized(feedthroughBlock, { ...parameters, carry: fabric.carry }, ['served']);
  const block = a.addSized(made, { in: source.from, u });
  return streamFrom(node, source.lanes, portOf(block, 'out').width);
}

function lowerLookup(a: Assembler, node: LookupNode): Stream {
  const source = a.streamOf(node.source);
  a.add(
    lookupBlock({
      id: node.id,
      channels: node.length,
      lanes: source.lanes,
      inWidth: source.width,
      outWidth: node.format.width,
      place: a.folding.fabric.place,
      table: node.table,
    }),
    { in: source.from },
  );
  return streamFrom(node, source.lanes, node.format.width);
}

function lowerGate(a: Assembler, node: GateNode): Stream {
  const source = a.meeting(node.source);
  const input = a.streamOf(node.input);
  const other = a.buffered(input, source.lanes, `${node.id}_delay`, 'delay');
  const parameters = {
    ...{ id: node.id, channels: node.length, lanes: source.lanes },
    ...{ inWidth: source.width, aWidth: input.width },
  };
  a.addSized(sized(gateBlock, parameters, ['served']), { in: source.from, a: other });
  return streamFrom(node, source.lanes, source.width + input.width);
}

function lowerResidual(a: Assembler, node: ResidualNode): Stream {
  const source = a.meeting(node.source);
  const input = a.streamOf(node.input);
  const skip = a.buffered(input, source.lanes, `${node.id}_delay`, 'delay');
  a.add(
    residualBlock({
      id: node.id,
      channels: node.length,
      lanes: source.lanes,
      inWidth: source.width,
      skipWidth: input.width,
      outWidth: node.format.width,
    }),
    { in: source.from, skip },
  );
  return streamFrom(node, source.lanes, node.format.width);
}

const MATRIX_NAMES: Readonly<Record<MatrixRole, string>> = {
  encoder: 'encoder',
  b: 'B',
  c: 'C',
  value: 'value',
  gate: 'gate',
  decoder: 'decoder',
};

/** The name of a matrix in texts: layer 2 matvec C. */
function matrixName({ role, layer }: MatvecNode): string {
  const name = MATRIX_NAMES[role];
  return layer === undefined ? `matvec ${name}` : `layer ${layer} matvec ${name}`;
}

function foldingOf({ folding }: Assembler, id: string): MatvecFolding {
  const found = folding.matvec[id];
  if (found === undefined) throw new Error(`no folding for ${id}`);
  return found;
}

/** Words per beat of a recurrence: re and im of each lane, or one at a time. */
function stateLanes({ recurrence: { lanes, multipliers } }: Folding): number {
  return multipliers === 1 ? 1 : 2 * lanes;
}

/**
 * Words per beat that an operation requires of its source: those of a recurrence, those of its own
 * consumer, or any number in front of a buffer.
 */
const WANTED_LANES: Readonly<Record<Op, 'states' | 'as_consumer' | 'any'>> = {
  recurrence: 'states',
  requantize: 'as_consumer',
  feedthrough: 'as_consumer',
  lookup: 'as_consumer',
  gate: 'as_consumer',
  residual: 'as_consumer',
  pool: 'as_consumer',
  reverse: 'as_consumer',
  join: 'as_consumer',
  matvec: 'any',
  embed: 'any',
  layer_norm: 'any',
  input: 'any',
};

/** Words per beat that the first engine behind a node wants, or the output; 0 for any number. */
function consumerLanes(network: IntegerNetwork, id: string, folding: Folding): number {
  if (network.output === id) return folding.outputLanes;
  const consumer = network.nodes.find((node) => sourcesOf(node)[0] === id);
  if (consumer === undefined) return 0;
  switch (WANTED_LANES[consumer.op]) {
    case 'states':
      return stateLanes(folding);
    case 'as_consumer':
      return consumerLanes(network, consumer.id, folding);
    case 'any':
      return 0;
  }
}

/**
 * Sums per beat of a matvec: the smallest common divisor of pe and the consumer's lanes that lets
 * the pe sums leave within the reads of a group. If none is enough, the largest.
 */
function sumLanes(pe: number, reads: number, consumer: number): number {
  const most = gcd(pe, consumer);
  for (let lanes = 1; lanes < most; lanes++) {
    if (most % lanes === 0 && pe / lanes <= reads) return lanes;
  }
  return most;
}

function coefficientsOf(lambda: LambdaBar) {
  const { frac, re, im } = lambda;
  if (lambda.form === 'anchored') {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['lambda_form'],
      message: 'No recurrence in hardware reads Lambda-bar in the form anchored yet.',
      hint: 'use lambda_form: delta. The commands quantize, evaluate and sensitivity accept anchored.',
    });
  }
  return lambda.form === 'direct'
    ? { delta: false, frac, re, im, reShift: new Int32Array(0), imShift: new Int32Array(0) }
    : { delta: true, frac, re, im, reShift: lambda.reShift, imShift: lambda.imShift };
}
