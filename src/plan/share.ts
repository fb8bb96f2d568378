import { MULTIPLY_PORT } from '../blocks/multiply_port.js';
import type { Client, MultiplierArray } from './arrays.js';

/** An array while it is being filled. */
interface Filling {
  readonly count: number;
  readonly aBits: number;
  readonly bBits: number;
  readonly segment: number;
  readonly clients: Client[];
  /** Per cycle of the interval: whether some client multiplies in it. */
  readonly taken: Uint8Array;
}

/**
 * Engines packed into arrays: each joins the first array of as many multipliers whose operands
 * hold its own and whose cycles, modulo the interval, it leaves alone; the widest engines come
 * first. Only engines of one segment can share, as only their starts are tied to each other.
 */
export function shareArrays(
  clients: readonly Client[],
  interval: number,
  segmentOf: ReadonlyMap<string, number>,
): MultiplierArray[] {
  const order = clients.map((client, at) => ({ client, at, size: client.aBits * client.bBits }));
  order.sort((x, y) => y.client.count - x.client.count || y.size - x.size || x.at - y.at);
  const arrays: Filling[] = [];
  for (const { client } of order) {
    const segment = segmentOf.get(client.id) ?? 0;
    const cycles = client.uses.map((cycle) => cycle % interval);
    const found = arrays.find(
      (array) =>
        array.segment === segment &&
        array.count === client.count &&
        array.aBits >= client.aBits &&
        array.bBits >= client.bBits &&
        cycles.every((cycle) => array.taken[cycle] === 0),
    );
    const { count, aBits, bBits } = client;
    const array = found ?? {
      ...{ count, aBits, bBits, segment },
      clients: [],
      taken: new Uint8Array(interval),
    };
    if (found === undefined) arrays.push(array);
    array.clients.push(client);
    for (const cycle of cycles) array.taken[cycle] = 1;
  }
  return arrays.map(({ count, aBits, bBits, clients: sharing }, i) => ({
    id: `${MULTIPLY_PORT}${i}`,
    ...{ count, aBits, bBits, clients: sharing },
  }));
}
