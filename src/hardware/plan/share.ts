import { MULTIPLY_PORT } from '../blocks/multiply_port.js';
import type { Client, MultiplierArray } from './multiplier_array.js';

/** An array while it is being filled. */
interface Filling {
  readonly count: number;
  readonly aBits: number;
  readonly bBits: number;
  readonly segment: number;
  readonly clients: Client[];
  /** Per cycle of the interval: 1 where some client multiplies in it. */
  readonly taken: Uint8Array;
}

/**
 * Packs engines into arrays, the widest engines first. Each joins the first array with its number of
 * multipliers, operands at least as wide, and no other engine in its cycles, modulo the interval.
 * Only engines of one segment can share, as only their starts are tied to each other.
 */
export function shareArrays(clients: readonly Client[], interval: number): MultiplierArray[] {
  const order = clients.map((client, at) => ({ client, at, size: client.aBits * client.bBits }));
  order.sort((x, y) => y.client.count - x.client.count || y.size - x.size || x.at - y.at);
  const arrays: Filling[] = [];
  for (const { client } of order) {
    const cycles = client.uses.map((cycle) => cycle % interval);
    const found = arrays.find(
      (array) =>
        array.segment === client.segment &&
        array.count === client.count &&
        array.aBits >= client.aBits &&
        array.bBits >= client.bBits &&
        cycles.every((cycle) => array.taken[cycle] === 0),
    );
    const { count, aBits, bBits, segment } = client;
    const array = found ?? {
      ...{ count, aBits, bBits, segment },
      clients: [],
      taken: new Uint8Array(interval),
    };
    if (found === undefined) arrays.push(array);
    array.clients.push(client);
    for (const cycle of cycles) array.taken[cycle] = 1;
  }
  return arrays.map(({ count, aBits, bBits, segment, clients: sharing }, i) => ({
    id: `${MULTIPLY_PORT}${i}`,
    ...{ count, aBits, bBits, segment, clients: sharing },
  }));
}
