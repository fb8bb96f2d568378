import type { Timing } from '../../blocks/block.js';
import { check, type Check } from '../facts.js';
import type { Claims } from './claims.js';

/** No block needs more cycles from step to step than the interval has. */
export function* intervals({ blocks, interval }: Claims): Generator<Check> {
  if (interval === undefined) return;
  for (const { id, minInterval } of blocks) {
    yield check(
      { name: 'interval', subject: id, bound: interval, found: minInterval },
      minInterval <= interval,
      () => `${id} needs ${minInterval} cycles of ${interval}`,
    );
  }
}

/** Beats of one step ascend, and end before those of the next step begin. */
export function* streams({ timing, interval }: Claims): Generator<Check> {
  for (const [key, cycles] of timing ?? []) {
    const at = firstDescent(cycles);
    yield check(
      { name: 'beats', subject: key, bound: cycles.length, found: at },
      at === cycles.length,
      () => `${key}: beats out of order`,
    );
    const [first, last] = [cycles[0], cycles.at(-1)];
    if (interval === undefined || first === undefined || last === undefined) continue;
    yield check(
      { name: 'span', subject: key, bound: interval, found: last - first + 1 },
      last - first < interval,
      () => `${key}: steps overlap`,
    );
  }
}

/** Place of the first beat that does not come after the one before; their number if all do. */
function firstDescent(cycles: Timing): number {
  let before = -Infinity;
  for (let i = 0; i < cycles.length; i++) {
    const cycle = cycles[i];
    if (cycle === undefined || cycle <= before) return i;
    before = cycle;
  }
  return cycles.length;
}
