import { SHORTEST_DELAY, STORE_LATENCY } from '../../blocks/replay_control.js';
import { withSizes, type Sizes } from '../part.js';
import type { Replayed, Slotted } from '../stages.js';
import { endpointKey, type ReplaySize } from '../types.js';

/** A replay starts when each of its stores has the whole of the last step. */
export function sizeReplays<P extends Slotted>(plan: P): P & Replayed {
  const { network, connections, timing, interval } = plan;
  const writes = new Map(
    connections
      .filter(({ to }) => to.port === 'in')
      .map(({ from, to }) => [to.block, timing.get(endpointKey(from))?.at(-1)]),
  );
  const stores = new Map<string, string[]>();
  for (const { from, to, purpose } of connections) {
    if (purpose !== 'go') continue;
    stores.set(from.block, [...(stores.get(from.block) ?? []), to.block]);
  }
  const replays = new Map<string, ReplaySize>();
  const sizes = new Map<string, Partial<Sizes>>();
  for (const [id, fed] of stores) {
    const lastWrite = Math.max(...fed.map((store) => definedAt(writes, store)));
    const delay = Math.max(SHORTEST_DELAY, lastWrite + STORE_LATENCY);
    if (network.maxLength === undefined) throw new Error(`${id} takes sequences of any length`);
    // Room for the steps that come between the end of a sequence and the start of its replay.
    const depth = network.maxLength + Math.ceil(delay / interval) + 1;
    replays.set(id, { depth, delay });
    sizes.set(id, { depth, delay });
    for (const store of fed) sizes.set(store, { depth });
  }
  return { ...plan, replays, parts: withSizes(plan.parts, sizes) };
}

function definedAt(writes: ReadonlyMap<string, number | undefined>, store: string): number {
  const cycle = writes.get(store);
  if (cycle === undefined) throw new Error(`${store} is never written`);
  return cycle;
}
