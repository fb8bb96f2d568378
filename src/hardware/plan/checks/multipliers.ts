import type { Timing } from '../../blocks/block.js';
import { MULTIPLY_PORT } from '../../blocks/multiply_port.js';
import { servicesOf, spanOf } from '../arrays.js';
import { check, type Check } from '../facts.js';
import { endpointKey } from '../types.js';
import type { Claims } from './claims.js';

/** The engines of one array, in the order in which they were met. */
interface Users {
  readonly ids: string[];
  readonly uses: Timing[];
  /** Per cycle of the interval: the engine that multiplies in it, counted from 1; 0 for none. */
  readonly taken: Uint32Array;
}

/** Every engine has multipliers that are enough and wide enough, and no two meet in a cycle. */
export function* multipliers(plan: Claims): Generator<Check> {
  const { blocks, interval, timing, segments } = plan;
  if (interval === undefined || timing === undefined || segments === undefined) return;
  const services = servicesOf(plan);
  const users = new Map<string, Users>();
  for (const { id, operands } of blocks) {
    if (operands === undefined) continue;
    const service = services.get(id);
    const key = endpointKey({ block: id, port: MULTIPLY_PORT });
    const wanted = `${operands.count} of ${operands.aBits} x ${operands.bBits}`;
    if (service === undefined) {
      yield {
        ...{ name: 'multipliers', subject: key, bound: 'none', found: wanted },
        problem: `${key} has no multipliers`,
      };
      continue;
    }
    const { array, count, aBits, bBits } = service;
    const bound = `${count} of ${aBits} x ${bBits}`;
    yield check(
      { name: 'multipliers', subject: key, bound, found: wanted },
      operands.count <= count && operands.aBits <= aBits && operands.bBits <= bBits,
      () => `${key}: ${wanted} bits on ${array}, ${bound}`,
    );
    const user = users.get(array) ?? { ids: [], uses: [], taken: new Uint32Array(interval) };
    users.set(array, user);
    const cycles = timing.get(key);
    if (cycles === undefined) throw new Error(`${key} has no cycles`);
    const other = takenBefore(user.taken, cycles, user.ids.push(id), interval);
    user.uses.push(cycles);
    const name = other === undefined ? undefined : user.ids[other - 1];
    yield check(
      {
        name: 'turns',
        subject: key,
        bound: 'a cycle of its own',
        found: name ?? 'a cycle of its own',
      },
      name === undefined,
      () => `${array}: ${String(name)} and ${id} multiply in the same cycle`,
    );
  }
  for (const [array, { uses }] of users) {
    const segment = segments.find((candidate) => candidate.blocks.includes(array));
    const span = spanOf(uses);
    yield check(
      { name: 'late steps', subject: array, bound: interval, found: span },
      segment?.aligned === true || span <= interval,
      () => `${array}: engines take turns across steps that may be late`,
    );
  }
}

/** Takes the cycles for engine `own`; the engine that has the first of them that is taken, if any. */
function takenBefore(
  taken: Uint32Array,
  cycles: Timing,
  own: number,
  interval: number,
): number | undefined {
  for (const cycle of cycles) {
    const place = cycle % interval;
    const other = taken[place];
    if (other === undefined) throw new Error(`cycle ${cycle} is before the start of its step`);
    if (other > 0) return other;
    taken[place] = own;
  }
  return undefined;
}
