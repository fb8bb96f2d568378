import { portOf, type Block, type Timing } from '../blocks/block.js';
import { multiplyArrayBlock } from '../blocks/multiply_array.js';
import { MULTIPLY_PORT, type OperandWidths } from '../blocks/multiply_port.js';
import type { Assembly } from './assemble.js';
import { endpointKey, type Connection, type Plan } from './types.js';

/** An engine that multiplies outside, and when. */
export interface Client {
  /** Block id. */
  readonly id: string;
  /** Multipliers that it needs at once, and bits of its own operands. */
  readonly count: number;
  readonly aBits: number;
  readonly bBits: number;
  /** Cycles of one time step in which it multiplies. */
  readonly uses: Timing;
}

/** Multipliers and the engines that take turns with them. */
export interface MultiplierArray {
  /** Block id. */
  readonly id: string;
  readonly count: number;
  readonly aBits: number;
  readonly bBits: number;
  readonly clients: readonly Client[];
}

/** The engines of a design that multiply outside, in its order. */
export function clientsOf(
  blocks: readonly Block[],
  timing: ReadonlyMap<string, Timing>,
): readonly Client[] {
  return blocks.flatMap(({ id, operands }) =>
    operands === undefined
      ? []
      : [{ id, ...operands, uses: timing.get(`${id}.${MULTIPLY_PORT}`) ?? [] }],
  );
}

/** Multipliers of its own for every engine. */
export function ownArrays(clients: readonly Client[]): MultiplierArray[] {
  return clients.map((client) => {
    const { id, count, aBits, bBits } = client;
    return { id: `${id}_${MULTIPLY_PORT}`, count, aBits, bBits, clients: [client] };
  });
}

/** Widths of the multipliers that serve each engine, by block id. */
export function servedWidths(arrays: readonly MultiplierArray[]): Map<string, OperandWidths> {
  return new Map(
    arrays.flatMap(({ aBits, bBits, clients }) =>
      clients.map(({ id }) => [id, { aBits, bBits }] as const),
    ),
  );
}

/**
 * Segments whose steps must start whole intervals apart. A step may be late, by any number of
 * cycles; engines that meet in no cycle as long as none is may then meet, unless all that they do
 * for one step lies within an interval: then the next step comes after it, however late.
 */
export function alignedSegments(
  arrays: readonly MultiplierArray[],
  interval: number,
  segmentOf: ReadonlyMap<string, number>,
): ReadonlySet<number> {
  return new Set(
    arrays
      .filter(({ clients }) => spanOf(clients.map(({ uses }) => uses)) > interval)
      .map(({ clients: [client] }) => segmentOf.get(client?.id ?? '') ?? 0),
  );
}

/** Cycles from the first of all to the last, both counted. */
function spanOf(uses: readonly Timing[]): number {
  let [first, last] = [Infinity, -Infinity];
  for (const cycles of uses) {
    for (const cycle of cycles) {
      if (cycle < first) first = cycle;
      if (cycle > last) last = cycle;
    }
  }
  return Math.max(0, last - first + 1);
}

/** The assembly with its multipliers, after all that they serve. */
export function withArrays(
  { blocks, connections, segmentOf }: Assembly,
  arrays: readonly MultiplierArray[],
): Assembly {
  return {
    blocks: [
      ...blocks,
      ...arrays.map(({ id, count, aBits, bBits, clients }) =>
        multiplyArrayBlock({
          ...{ id, count, aBits, bBits, clients: clients.length },
          uses: clients.reduce((sum, { uses }) => sum + uses.length, 0),
        }),
      ),
    ],
    connections: [
      ...connections,
      ...arrays.flatMap(({ id, clients }) =>
        clients.map((client): Connection => ({
          from: { block: client.id, port: MULTIPLY_PORT },
          to: { block: id, port: MULTIPLY_PORT },
        })),
      ),
    ],
    segmentOf: new Map([
      ...segmentOf,
      ...arrays.map(
        ({ id, clients: [client] }) => [id, segmentOf.get(client?.id ?? '') ?? 0] as const,
      ),
    ]),
  };
}

/** The multipliers that serve an engine of a plan. */
export interface Service {
  /** Block id of the array. */
  readonly array: string;
  readonly count: number;
  readonly aBits: number;
  readonly bBits: number;
  /** Whether others use it too. */
  readonly shared: boolean;
}

/** Which multipliers serve which engine, by the engine's block id. */
export function servicesOf({ blocks, connections }: Plan): ReadonlyMap<string, Service> {
  const arrays = new Map(blocks.map((block) => [block.id, block]));
  return new Map(
    connections.flatMap(({ from, to }) => {
      const array = arrays.get(to.block);
      if (array === undefined || portOf(array, to.port).type !== 'multiply') return [];
      const { lanes, width, secondWidth = 0, clients = 1 } = portOf(array, to.port);
      const shared = clients > 1;
      return [
        [
          from.block,
          { array: to.block, count: lanes, aBits: width, bBits: secondWidth, shared },
        ] as const,
      ];
    }),
  );
}

/** What is wrong with the multipliers of a plan. */
export function* arrayProblems(plan: Plan): Generator<string> {
  const services = servicesOf(plan);
  /** By array: per cycle of the interval who multiplies in it, counted from 1. */
  const users = new Map<string, { readonly ids: string[]; readonly taken: Uint32Array }>();
  const uses = new Map<string, Timing[]>();
  for (const { id, operands } of plan.blocks) {
    if (operands === undefined) continue;
    const service = services.get(id);
    const key = endpointKey({ block: id, port: MULTIPLY_PORT });
    if (service === undefined) {
      yield `${key} has no multipliers`;
      continue;
    }
    const { array, count, aBits, bBits } = service;
    if (operands.count > count || operands.aBits > aBits || operands.bBits > bBits) {
      yield `${key}: ${operands.count} of ${operands.aBits} x ${operands.bBits} bits on ${array}, ${count} of ${aBits} x ${bBits}`;
    }
    const user = users.get(array) ?? { ids: [], taken: new Uint32Array(plan.interval) };
    users.set(array, user);
    const own = user.ids.push(id);
    const cycles = plan.timing.get(key) ?? [];
    uses.set(array, [...(uses.get(array) ?? []), cycles]);
    for (const cycle of cycles) {
      const other = user.taken[cycle % plan.interval] ?? 0;
      if (other > 0) {
        yield `${array}: ${user.ids[other - 1] ?? ''} and ${id} multiply in the same cycle`;
        break;
      }
      user.taken[cycle % plan.interval] = own;
    }
  }
  for (const [array, cycles] of uses) {
    const segment = plan.segments.find(({ blocks }) => blocks.includes(array));
    if (segment?.aligned !== true && spanOf(cycles) > plan.interval) {
      yield `${array}: engines take turns across steps that may be late`;
    }
  }
}
