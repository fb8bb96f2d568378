import { STORE_LATENCY } from '../../blocks/replay_control.js';
import { check, type Check } from '../facts.js';
import { blockById, endpointKey, parameterOf } from '../types.js';
import type { Claims } from './claims.js';

/** Vectors are replayed after they were stored, and sequences of the greatest length have room. */
export function* replays(plan: Claims): Generator<Check> {
  const { network, connections, timing } = plan;
  for (const [id, { depth, delay }] of plan.replays ?? []) {
    const { maxLength } = network;
    yield check(
      { name: 'replay', subject: id, bound: depth - 1, found: maxLength ?? 'any length' },
      maxLength !== undefined && depth > maxLength,
      () => `${id}: ${depth} vectors are too few`,
    );
    const stores = connections.filter(({ from, purpose }) => from.block === id && purpose === 'go');
    yield check(
      { name: 'stores', subject: id, bound: 1, found: stores.length },
      stores.length >= 1,
      () => `${id} has no store`,
    );
    for (const { to } of stores) {
      const store = to.block;
      const feeding = connections.find((c) => c.to.block === store && c.to.port === 'in');
      const written =
        feeding === undefined ? undefined : timing?.get(endpointKey(feeding.from))?.at(-1);
      const found = written === undefined ? 'never' : written + STORE_LATENCY;
      yield check(
        { name: 'stored', subject: store, bound: delay, found },
        typeof found === 'number' && found <= delay,
        () => `${store}: replayed before it is stored`,
      );
      const given = parameterOf(blockById(plan, store), 'DEPTH');
      yield check(
        { name: 'depth', subject: store, bound: depth, found: given },
        given === depth,
        () => `${store}: ${String(given)} vectors instead of ${depth}`,
      );
    }
  }
}
