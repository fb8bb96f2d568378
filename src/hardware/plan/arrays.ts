import { portOf, type Timing } from '../blocks/block.js';
import { MULTIPLY_PORT } from '../blocks/multiply_port.js';
import type { Client, MultiplierArray } from './multiplier_array.js';
import type { Scheduled } from './stages.js';
import { endpointKey, type Plan } from './types.js';

/** The engines of a design that multiply outside, in its order. */
export function clientsOf({ parts, timing }: Pick<Scheduled, 'parts' | 'timing'>): Client[] {
  return parts.flatMap(({ block: { id, operands }, segment }) => {
    if (operands === undefined) return [];
    const key = endpointKey({ block: id, port: MULTIPLY_PORT });
    const uses = timing.get(key);
    if (uses === undefined) throw new Error(`${key} has no cycles`);
    return [{ id, segment, ...operands, uses }];
  });
}

/** Multipliers of its own for every engine. */
export function ownArrays(clients: readonly Client[]): MultiplierArray[] {
  return clients.map((client) => {
    const { id, segment, count, aBits, bBits } = client;
    const array = `${id}_${MULTIPLY_PORT}`;
    return { id: array, segment, count, aBits, bBits, clients: [client], owner: id };
  });
}

/**
 * Segments whose steps must start whole intervals apart. A step may be late, by any number of
 * cycles. Engines that never meet on time may then meet. They cannot meet if all their work for one
 * step is within an interval, because the next step then comes later.
 */
export function alignedSegments(
  arrays: readonly MultiplierArray[],
  interval: number,
): ReadonlySet<number> {
  return new Set(
    arrays
      .filter(({ clients }) => spanOf(clients.map(({ uses }) => uses)) > interval)
      .map(({ segment }) => segment),
  );
}

/** Cycles from the first of all to the last, both counted. */
export function spanOf(uses: readonly Timing[]): number {
  let [first, last] = [Infinity, -Infinity];
  for (const cycles of uses) {
    for (const cycle of cycles) {
      if (cycle < first) first = cycle;
      if (cycle > last) last = cycle;
    }
  }
  return Math.max(0, last - first + 1);
}

/** The multipliers that serve an engine of a plan. */
export interface Service {
  /** Block id of the array. */
  readonly array: string;
  readonly count: number;
  readonly aBits: number;
  readonly bBits: number;
  /** Other engines use the array too. */
  readonly shared: boolean;
}

/** The multipliers of each engine, by the engine's block id. */
export function servicesOf({
  blocks,
  connections,
}: Pick<Plan, 'blocks' | 'connections'>): ReadonlyMap<string, Service> {
  const arrays = new Map(blocks.map((block) => [block.id, block]));
  return new Map(
    connections.flatMap(({ from, to, purpose }) => {
      const array = arrays.get(to.block);
      if (array === undefined || purpose !== 'multiply') return [];
      const { lanes, width, secondWidth, clients } = portOf(array, to.port);
      if (secondWidth === undefined || clients === undefined)
        throw new Error(`${endpointKey(to)} takes no operands`);
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
