import { RETURN_LATENCY } from '../blocks/axis_out.js';
import { portOf } from '../blocks/block.js';
import { STORE_LATENCY } from '../blocks/replay.js';
import { START_LATENCY } from '../blocks/start.js';
import { isExact } from '../network/bounds.js';
import { arrayProblems } from './arrays.js';
import { blockById, endpointKey, type Plan } from './types.js';

/**
 * Checks every promise of a plan once, before anyone reads it. A violation is a bug in the
 * planner, not the user's: it throws a plain Error that lists them all.
 */
export function verifyPlan(plan: Plan): void {
  const problems = [
    ...wiring(plan),
    ...intervals(plan),
    ...streams(plan),
    ...buffers(plan),
    ...replays(plan),
    ...memories(plan),
    ...arrayProblems(plan),
    ...ranges(plan),
  ];
  if (problems.length > 0)
    throw new Error(`the plan breaks its own rules:\n${problems.join('\n')}`);
}

function* wiring(plan: Plan): Generator<string> {
  const ids = plan.blocks.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) yield 'two blocks share an id';
  const order = new Map(ids.map((id, i) => [id, i]));
  const fed = new Map<string, number>();
  for (const { from, to } of plan.connections) {
    const [a, b] = [endpointKey(from), endpointKey(to)];
    const producer = portOf(blockById(plan, from.block), from.port);
    const consumer = portOf(blockById(plan, to.block), to.port);
    if (fed.get(b) === (consumer.clients ?? 1)) yield `${b} is driven twice`;
    fed.set(b, (fed.get(b) ?? 0) + 1);
    if (producer.direction !== 'out' || consumer.direction !== 'in')
      yield `${a} -> ${b}: direction`;
    if (producer.type !== consumer.type) yield `${a} -> ${b}: ${producer.type} to ${consumer.type}`;
    // An input that gathers may be wider than what one of its producers has.
    const lanesFit =
      consumer.clients === undefined
        ? producer.lanes === consumer.lanes
        : producer.lanes <= consumer.lanes;
    const widthsFit =
      producer.width === consumer.width && producer.secondWidth === consumer.secondWidth;
    if (!lanesFit || !widthsFit) {
      yield `${a} (${producer.lanes} x ${producer.width}) -> ${b} (${consumer.lanes} x ${consumer.width})`;
    }
    if ((order.get(from.block) ?? 0) >= (order.get(to.block) ?? 0)) yield `${a} comes after ${b}`;
  }
  for (const block of plan.blocks) {
    for (const { name, type, direction, clients = 1 } of block.ports) {
      const key = `${block.id}.${name}`;
      if (direction !== 'in' || type === 's_axis') continue;
      if ((fed.get(key) ?? 0) < clients) yield `${key} is not driven`;
    }
  }
}

function* intervals(plan: Plan): Generator<string> {
  for (const { id, minInterval } of plan.blocks) {
    if (minInterval > plan.interval) yield `${id} needs ${minInterval} cycles of ${plan.interval}`;
  }
}

/** Beats of one step ascend, and end before those of the next step begin. */
function* streams(plan: Plan): Generator<string> {
  for (const [key, cycles] of plan.timing) {
    if (cycles.some((cycle, i) => i > 0 && cycle <= (cycles[i - 1] ?? 0))) {
      yield `${key}: beats out of order`;
    }
    const [first = 0] = cycles;
    if ((cycles.at(-1) ?? 0) - first >= plan.interval) yield `${key}: steps overlap`;
  }
}

/** An element is read after it was written, and its bank is not written before it was read. */
function* buffers(plan: Plan): Generator<string> {
  for (const [id, { banks, from, to, slack }] of plan.lifetimes) {
    if (slack < 1) yield `${id}: read before it is written`;
    if (from + banks * plan.interval <= to) yield `${id}: overwritten before it is read`;
    const given = blockById(plan, id).parameters.find(({ name }) => name === 'BANKS')?.value;
    if (given !== banks) yield `${id}: ${String(given)} banks instead of ${banks}`;
  }
  const lastOut = plan.timing.get(`${plan.output.block}.m_axis`)?.at(-1) ?? 0;
  if (plan.slots * plan.interval < lastOut + RETURN_LATENCY + START_LATENCY)
    yield 'too few output slots for the interval';
}

/** What is replayed was stored before, and sequences of the greatest length have room. */
function* replays(plan: Plan): Generator<string> {
  for (const [id, { depth, delay }] of plan.replays) {
    if (depth <= (plan.network.maxLength ?? 0)) yield `${id}: ${depth} vectors are too few`;
    const stores = plan.connections.filter(({ from }) => from.block === id && from.port === 'go');
    if (stores.length === 0) yield `${id} has no store`;
    for (const { to } of stores) {
      const feeding = plan.connections.find((c) => c.to.block === to.block && c.to.port === 'in');
      const writes = feeding === undefined ? undefined : plan.timing.get(endpointKey(feeding.from));
      if ((writes?.at(-1) ?? Infinity) + STORE_LATENCY > delay)
        yield `${to.block}: replayed before it is stored`;
      const given = blockById(plan, to.block).parameters.find(
        ({ name }) => name === 'DEPTH',
      )?.value;
      if (given !== depth) yield `${to.block}: ${String(given)} vectors instead of ${depth}`;
    }
  }
}

function* memories(plan: Plan): Generator<string> {
  const files = new Set<string>();
  for (const block of plan.blocks) {
    for (const rom of block.roms) {
      if (files.has(rom.file)) yield `two ROM images ${rom.file}`;
      files.add(rom.file);
      const shape = block.memories.find(
        ({ kind, depth, width }) =>
          kind === 'rom' && depth === rom.words.length && width === rom.width,
      );
      if (shape === undefined) yield `${block.id}: ${rom.file} has no memory of its size`;
      const limit = 1n << BigInt(rom.width);
      if (rom.words.some((word) => word < 0n || word >= limit)) yield `${rom.file}: word too wide`;
    }
  }
}

function* ranges(plan: Plan): Generator<string> {
  for (const { id, range } of plan.network.nodes) {
    if (!isExact(range)) yield `node ${id} leaves exact arithmetic`;
  }
}
