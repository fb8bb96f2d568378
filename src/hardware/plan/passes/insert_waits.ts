import { delayBlock, type DelayParameters } from '../../blocks/delay.js';
import { portOf } from '../../blocks/block.js';
import { sourcesOf } from '../../../network/ops/table.js';
import { nodeById } from '../../../network/types.js';
import { sized, withSizes } from '../part.js';
import { scheduleOf, type Schedule } from '../schedule.js';
import { slowestOf } from '../slowest.js';
import type { Paced, Scheduled } from '../stages.js';
import { blockById, type Connection } from '../types.js';

/** A node where a stream meets a vector that a buffer holds for it. */
interface Join {
  readonly node: string;
  /** Block id of the buffer. */
  readonly buffer: string;
}

/** A join whose stream would read the buffer before it is written, and by how many cycles. */
interface Early extends Join {
  readonly cycles: number;
}

/**
 * Delays every stream that would read its partner's buffer before it is written. A delayed stream
 * may be late at a later join, so that this is repeated until no stream is early.
 *
 * The wait of a join changes the cycles of later joins only. In the order of the nodes, the first
 * join is right after one round, the second after two: the number of rounds is at most that of the
 * joins.
 */
export function insertWaits<P extends Paced>(plan: P): P & Scheduled {
  const joins = joinsOf(plan);
  let { parts, connections } = plan;
  let schedule = scheduleOf(parts, connections);
  let early = earlyJoins(joins, schedule);
  /** Cycles that each stream waits, by node. */
  const waits = new Map<string, number>();
  for (let round = 0; round < joins.length && early.length > 0; round++) {
    for (const { node, cycles } of early) {
      const wait = cycles + (waits.get(node) ?? 0);
      waits.set(node, wait);
      ({ parts, connections } = delayed({ ...plan, parts, connections }, node, wait));
    }
    schedule = scheduleOf(parts, connections);
    early = earlyJoins(joins, schedule);
  }
  const [first] = early;
  if (first !== undefined) {
    throw new Error(
      `the stream into ${first.node} comes ${first.cycles} cycles early after ${joins.length} rounds of waits`,
    );
  }
  const { timing, occupations, spans } = schedule;
  return { ...plan, parts, connections, timing, occupations, slowest: slowestOf(parts, spans) };
}

/** The joins of a plan in the order of their nodes. */
function joinsOf({ parts, connections }: Paced): Join[] {
  const nodes = new Map(parts.map(({ block, node }) => [block.id, node]));
  return connections.flatMap(({ from, to, purpose }) => {
    const node = nodes.get(to.block);
    const reads = purpose === 'delay' && nodes.get(from.block) === node;
    return reads && node !== undefined ? [{ node, buffer: from.block }] : [];
  });
}

function earlyJoins(joins: readonly Join[], { occupations }: Schedule): Early[] {
  return joins.flatMap((join) => {
    const occupation = occupations.get(join.buffer);
    if (occupation === undefined) throw new Error(`buffer ${join.buffer} is never read`);
    const cycles = 1 - occupation.slack;
    return cycles > 0 ? [{ ...join, cycles }] : [];
  });
}

/** Parts and connections in which the stream into a node waits for `cycles` cycles. */
function delayed(plan: Paced, node: string, cycles: number): Pick<Paced, 'parts' | 'connections'> {
  const { parts, connections } = plan;
  const id = `${node}_wait`;
  if (parts.some(({ block }) => block.id === id)) {
    return { parts: withSizes(parts, new Map([[id, { cycles }]])), connections };
  }
  // The delay comes before all that the node was lowered to.
  const own = new Set(parts.filter((part) => part.node === node).map(({ block }) => block.id));
  const at = parts.findIndex((part) => part.node === node);
  const wire = connections.findIndex(({ to }) => own.has(to.block));
  const meeting = connections.find(({ to, purpose }) => purpose === 'meeting' && own.has(to.block));
  const beside = parts[at];
  if (beside === undefined || meeting === undefined) throw new Error(`no stream into ${node}`);
  const delay = sized(delayBlock, { id, ...delayParameters(plan, node, meeting), cycles }, [
    'cycles',
  ]);
  const before: Connection = { ...meeting, to: { block: id, port: 'in' }, purpose: 'stream' };
  const after: Connection = { ...meeting, from: { block: id, port: 'out' } };
  return {
    parts: parts.toSpliced(at, 0, { ...delay, segment: beside.segment, node }),
    connections: connections
      .map((one) => (one === meeting ? after : one))
      .toSpliced(wire, 0, before),
  };
}

/** The words of the stream into a node, and the place of their memory. */
function delayParameters(
  { network, folding, parts }: Paced,
  node: string,
  { from }: Connection,
): Omit<DelayParameters, 'id' | 'cycles'> {
  const [source] = sourcesOf(nodeById(network, node));
  if (source === undefined) throw new Error(`node ${node} has no source`);
  const blocks = parts.map(({ block }) => block);
  const { lanes, width } = portOf(blockById({ blocks }, from.block), from.port);
  const { length: elements } = nodeById(network, source);
  return { elements, lanes, width, place: folding.fabric.place };
}
