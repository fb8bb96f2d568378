import { portOf, type Block, type Timing } from '../blocks/block.js';
import { INPUT_LATENCY } from '../blocks/axis_in.js';
import { RETURN_LATENCY } from '../blocks/axis_out.js';
import { SHORTEST_DELAY, STORE_LATENCY } from '../blocks/replay.js';
import { START_LATENCY } from '../blocks/start.js';
import { lcm } from '../blocks/words.js';
import { inputNode, nodeById, poolNode, type IntegerNetwork } from '../network/types.js';
import {
  alignedSegments,
  clientsOf,
  ownArrays,
  servedWidths,
  withArrays,
  type Client,
} from './arrays.js';
import { assemble, type Assembly } from './assemble.js';
import { INPUT_BLOCK, OUTPUT_BLOCK } from './assembler.js';
import { shareArrays } from './share.js';
import { topName } from './names.js';
import {
  endpointKey,
  type Edge,
  type Folding,
  type Lifetime,
  type Plan,
  type ReplaySize,
  type Segment,
} from './types.js';
import { verifyPlan } from './verify.js';

/** What sets the least interval of a design. */
type Slowest = Pick<Block, 'id' | 'minInterval' | 'limit'>;

/** A design before its buffers have their sizes: enough to see what multiplies when. */
export interface Draft extends Assembly {
  readonly slowest: Slowest;
  readonly timing: ReadonlyMap<string, Timing>;
  readonly clients: readonly Client[];
  /** See `Sizes`. */
  readonly pace: number;
  readonly waits: ReadonlyMap<string, number>;
}

/** The blocks of an integer network under a folding, and their schedule. */
export function draftPlan(network: IntegerNetwork, folding: Folding): Draft {
  const unsized = {
    ...{ interval: 1e9, slots: 1 },
    ...{ banks: new Map(), replays: new Map(), served: new Map(), aligned: new Set<number>() },
  };
  // What may take its time has the time of what cannot.
  const hasty = assemble(network, folding, { ...unsized, pace: 1, waits: new Map() });
  const pace = Math.max(slowestOf(hasty).minInterval, folding.interval ?? 1);
  // A stream made to wait may then be late for another: until all meet.
  let waits: ReadonlyMap<string, number> = new Map();
  for (;;) {
    const draft = assemble(network, folding, { ...unsized, pace, waits });
    const schedule = scheduleOf(draft, 1e9);
    const more = earlyStreams(network, schedule);
    if (more.size === 0) return draftOf(draft, schedule.timing, pace, waits);
    waits = new Map([
      ...waits,
      ...[...more].map(([id, cycles]) => [id, cycles + (waits.get(id) ?? 0)] as const),
    ]);
  }
}

function draftOf(
  draft: Assembly,
  timing: ReadonlyMap<string, Timing>,
  pace: number,
  waits: ReadonlyMap<string, number>,
): Draft {
  return {
    ...draft,
    slowest: slowestOf(draft, timing),
    timing,
    clients: clientsOf(draft.blocks, timing),
    pace,
    waits,
  };
}

/**
 * The block that needs the most cycles from step to step. What comes to it unevenly may make its
 * beats spread over more cycles than it needs itself; those of two steps must not mix.
 */
function slowestOf({ blocks }: Assembly, timing: ReadonlyMap<string, Timing> = new Map()): Slowest {
  const spans = new Map<string, number>();
  for (const [key, cycles] of timing) {
    const [id = ''] = key.split('.');
    const span = (cycles.at(-1) ?? 0) - (cycles[0] ?? 0) + 1;
    spans.set(id, Math.max(span, spans.get(id) ?? 0));
  }
  return blocks
    .map(({ id, minInterval, limit }): Slowest => {
      const span = spans.get(id) ?? 0;
      if (span <= minInterval) return { id, minInterval, limit };
      return { id, minInterval: span, limit: `${limit}, which come within ${span} cycles` };
    })
    .reduce((a, b) => (b.minInterval > a.minInterval ? b : a));
}

/** The plan of an integer network under a folding, verified. */
export function buildPlan(network: IntegerNetwork, folding: Folding): Plan {
  const plan = candidatePlan(network, folding);
  verifyPlan(plan);
  return plan;
}

/** The same unverified, which reads no ROM image: for plans of which most are dropped. */
export function candidatePlan(network: IntegerNetwork, folding: Folding): Plan {
  // Buffers and slots follow from the schedule, and change none of it: assemble, size, assemble.
  const draft = draftPlan(network, folding);
  const { slowest, clients, pace, waits } = draft;
  const interval = Math.max(slowest.minInterval, folding.interval ?? 1);
  const schedule = scheduleOf(draft, interval);
  const lastOut = schedule.timing.get(`${OUTPUT_BLOCK}.m_axis`)?.at(-1) ?? 0;
  // A step may start as soon as the slot of the one `slots` before is free and has been seen.
  const slots = Math.ceil((lastOut + RETURN_LATENCY + START_LATENCY) / interval);
  const banks = new Map([...schedule.lifetimes].map(([id, { banks: n }]) => [id, n]));
  const replays = replaySizes(draft, schedule, network.maxLength ?? 1, interval);
  const arrays = folding.share
    ? shareArrays(clients, interval, draft.segmentOf)
    : ownArrays(clients);
  const served = servedWidths(arrays);
  const aligned = alignedSegments(arrays, interval, draft.segmentOf);
  const { blocks, connections, segmentOf } = withArrays(
    assemble(network, folding, {
      ...{ interval, pace, slots, banks, replays, served, aligned, waits },
    }),
    arrays,
  );
  const delays = [...replays.values()].reduce((sum, { delay }) => sum + delay, 0);
  const mode = poolNode(network)?.mode;

  const input = edge(blocks, INPUT_BLOCK, 'out', inputNode(network).format.scale);
  const output = edge(blocks, OUTPUT_BLOCK, 'in', nodeById(network, network.output).format.scale);
  return {
    name: network.name,
    top: topName(network.name),
    network,
    blocks,
    connections,
    interval,
    binding: bindingOf(slowest, interval, blocks),
    // First and last cycle count.
    latency: input.beats + INPUT_LATENCY - 1 + delays + lastOut,
    segments: segmentsOf(blocks, connections, segmentOf, aligned),
    replays,
    emit: mode === undefined ? 'step' : mode === 'first' ? 'first' : 'last',
    timing: schedule.timing,
    lifetimes: schedule.lifetimes,
    input,
    output,
    slots,
  };
}

/** Nodes whose stream would read its partner's buffer before it is written, and by how much. */
function earlyStreams(
  { nodes }: IntegerNetwork,
  { lifetimes }: Schedule,
): ReadonlyMap<string, number> {
  return new Map(
    nodes
      .map(({ id }) => [id, 1 - (lifetimes.get(`${id}_delay`)?.slack ?? 1)] as const)
      .filter(([, cycles]) => cycles > 0),
  );
}

/** A replay may start when every store has the whole of the last step. */
function replaySizes(
  { blocks, connections, segmentOf }: Assembly,
  { timing }: Schedule,
  maxLength: number,
  interval: number,
): ReadonlyMap<string, ReplaySize> {
  const sizes = new Map<string, ReplaySize>();
  for (const { id } of blocks) {
    if (!connections.some(({ from }) => from.block === id && from.port === 'go')) continue;
    const stores = connections.filter(({ from }) => from.block === id && from.port === 'go');
    const writes = stores.map(({ to }) => {
      const feeding = connections.find((c) => c.to.block === to.block && c.to.port === 'in');
      return feeding === undefined ? 0 : (timing.get(endpointKey(feeding.from))?.at(-1) ?? 0);
    });
    const delay = Math.max(SHORTEST_DELAY, Math.max(...writes) + STORE_LATENCY);
    // Room for the steps that come between the end of a sequence and the start of its replay.
    const depth = maxLength + Math.ceil(delay / interval) + 1;
    sizes.set(id, { depth, delay });
    if (!segmentOf.has(id)) throw new Error(`${id} is in no segment`);
  }
  return sizes;
}

function segmentsOf(
  blocks: readonly Block[],
  connections: Assembly['connections'],
  segmentOf: Assembly['segmentOf'],
  aligned: ReadonlySet<number>,
): Segment[] {
  const sources = connections.filter(({ from }) => ['step', 'replay'].includes(from.port));
  return sources.map(({ from, to }, segment) => ({
    source: from,
    sink: to.block,
    aligned: aligned.has(segment),
    blocks: blocks.filter(({ id }) => segmentOf.get(id) === segment).map(({ id }) => id),
  }));
}

/** What binds the interval: an engine, or multipliers for which several wait. */
function bindingOf(slowest: Slowest, interval: number, blocks: readonly Block[]): Plan['binding'] {
  if (interval === slowest.minInterval) return { block: slowest.id, limit: slowest.limit };
  const multipliers = blocks.filter((block) => block.multipliers.length > 0);
  const busiest = multipliers.reduce<Slowest>(
    (a, b) => (b.minInterval > a.minInterval ? b : a),
    slowest,
  );
  return { block: busiest.id, limit: busiest.limit };
}

interface Schedule {
  readonly timing: ReadonlyMap<string, Timing>;
  readonly lifetimes: ReadonlyMap<string, Lifetime>;
}

function scheduleOf({ blocks, connections }: Assembly, interval: number): Schedule {
  const timing = new Map<string, Timing>();
  const lifetimes = new Map<string, Lifetime>();
  const producerOf = (block: string, port: string) => {
    const found = connections.find((c) => c.to.block === block && c.to.port === port);
    if (found === undefined) throw new Error(`${block}.${port} is not connected`);
    return found.from;
  };
  for (const block of blocks) {
    const inputs: Record<string, Timing> = {};
    for (const port of block.ports) {
      if (port.direction !== 'in' || port.type === 's_axis') continue;
      inputs[port.name] = timing.get(endpointKey(producerOf(block.id, port.name))) ?? [];
    }
    const { outputs, reads } = block.timing(inputs);
    for (const [port, cycles] of Object.entries(outputs)) timing.set(`${block.id}.${port}`, cycles);
    for (const [port, { pass, last }] of Object.entries(reads)) {
      const buffer = producerOf(block.id, port).block;
      const writes = timing.get(endpointKey(producerOf(buffer, 'in'))) ?? [];
      const from = writes[0] ?? 0;
      // Free for the write that comes `banks` intervals later, at the earliest after the last read.
      const banks = Math.ceil((last + 1 - from) / interval);
      const slack = readSlack(writes, pass, beatsPerWord(blocks, buffer));
      lifetimes.set(buffer, { banks, from, to: last, slack });
    }
  }
  return { timing, lifetimes };
}

/** Beats that a buffer gathers before it writes a word. */
function beatsPerWord(blocks: readonly Block[], id: string): number {
  const buffer = blocks.find((block) => block.id === id);
  if (buffer === undefined) throw new Error(`no block ${id}`);
  const [written, read] = [portOf(buffer, 'in').lanes, portOf(buffer, 'vec').lanes];
  return lcm(written, read) / written;
}

/** Least cycles from the write of what a read needs to that read; both go through one vector. */
function readSlack(writes: Timing, reads: Timing, beats: number): number {
  const slacks = reads.map((cycle, i) => {
    // Of as many equal parts as there are reads, the first i + 1 must be there, in whole words.
    const needed = Math.ceil(((i + 1) * writes.length) / reads.length / beats) * beats;
    return cycle - (writes[needed - 1] ?? Infinity);
  });
  return Math.min(...slacks);
}

function edge(blocks: readonly Block[], id: string, port: string, scale: readonly number[]): Edge {
  const block = blocks.find((candidate) => candidate.id === id);
  if (block === undefined) throw new Error(`no block ${id}`);
  const { lanes, width } = portOf(block, port);
  const axis = block.ports.find(({ type }) => type === 's_axis' || type === 'm_axis');
  const elements = Number(block.parameters.find(({ name }) => name === 'ELEMENTS')?.value);
  return {
    block: id,
    elements,
    lanes,
    beats: elements / lanes,
    width,
    slotWidth: axis?.width ?? width,
    scale,
  };
}
