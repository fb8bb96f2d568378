import type { Config } from '../config/schema.js';
import type { IntegerNetwork } from '../network/types.js';
import { draftPlan } from '../plan/build.js';
import type { Fabric } from '../plan/fabric.js';
import { engineCycles, ownFoldings, sharedFoldings } from '../plan/fold.js';
import type { Folding } from '../plan/types.js';

/** Least ratio of two intervals that are both looked at. */
const STEP = 1.15;

export interface Candidate {
  /** Cycles per step that it is folded to; its plan may take some more. */
  readonly interval: number;
  readonly folding: Folding;
}

/**
 * Foldings of a network from the fastest to the smallest: what the config asks for stays, what is
 * auto is folded to a row of intervals, with multipliers for each engine and with shared ones.
 */
export function foldingsOf(
  network: IntegerNetwork,
  { folding, sharing }: Pick<Config, 'folding' | 'sharing'>,
  fabric: Fabric,
): Candidate[] {
  const own = (interval: number): Candidate[] =>
    ownFoldings(network, folding, interval, fabric).map((one) => ({ interval, folding: one }));
  const shared = (interval: number): Candidate[] =>
    sharedFoldings(network, folding, interval, fabric).map((one) => ({
      interval,
      folding: { ...one, interval },
    }));
  const intervals = thinned(engineCycles(network));
  const candidates = intervals.flatMap((interval) => [
    ...(sharing === 'always' ? [] : own(interval)),
    ...(sharing === 'never' ? [] : shared(interval)),
  ]);
  const slowest = intervals.at(-1) ?? 1;
  const [widest] = shared(slowest);
  if (sharing === 'never' || widest === undefined) return candidates;
  // Engines that take turns need more cycles than the slowest of them alone.
  const { clients } = draftPlan(network, widest.folding);
  const longest = clients.reduce((sum, { uses }) => sum + uses.length, 0);
  for (let at = slowest * STEP; at < longest * STEP; at *= STEP) {
    candidates.push(...shared(Math.ceil(at)));
  }
  return candidates;
}

/** Of ascending numbers those that are far enough apart, and the last. */
function thinned(ascending: readonly number[]): number[] {
  let last = 0;
  return ascending.filter((value, i) => {
    if (value < last * STEP && i < ascending.length - 1) return false;
    last = value;
    return true;
  });
}
