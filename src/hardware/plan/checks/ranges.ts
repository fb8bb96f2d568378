import { isExact } from '../../../network/bounds.js';
import { check, type Check } from '../facts.js';
import type { Claims } from './claims.js';

/** Every node keeps to integers that are exact in a double. */
export function* ranges({ network }: Claims): Generator<Check> {
  for (const { id, range } of network.nodes) {
    yield check(
      {
        ...{ name: 'exact', subject: id, bound: Number.MAX_SAFE_INTEGER },
        found: Math.max(Math.abs(range.lo), Math.abs(range.hi)),
      },
      isExact(range),
      () => `node ${id} leaves exact arithmetic`,
    );
  }
}
