import { at } from '../../base/at.js';
import type { Config } from '../../config/schema.js';
import type { IntegerNetwork } from '../../network/types.js';
import { clientsOf } from '../../hardware/plan/arrays.js';
import { lowerPlan, schedulePlan } from '../../hardware/plan/build.js';
import type { Fabric } from '../../hardware/plan/fabric.js';
import { engineCycles, ownFoldings, sharedFoldings } from '../../hardware/plan/fold.js';
import type { Folding } from '../../hardware/plan/types.js';

/** Least ratio of two intervals that are both tried. */
const STEP = 1.15;

export interface Candidate {
  /** Cycles per step that it is folded to; its plan may take some more. */
  readonly interval: number;
  readonly folding: Folding;
}

/**
 * Foldings of a network from the fastest to the smallest. Foldings that the config gives are kept;
 * `auto` is folded to a row of intervals, with multipliers for each engine and with shared ones.
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
  const slowest = at(intervals, intervals.length - 1);
  const [widest] = shared(slowest);
  if (sharing === 'never' || widest === undefined) return candidates;
  // Engines that take turns need more cycles than the slowest of them alone.
  const clients = clientsOf(schedulePlan(lowerPlan(network, widest.folding)));
  const longest = clients.reduce((sum, { uses }) => sum + uses.length, 0);
  for (let interval = slowest * STEP; interval < longest * STEP; interval *= STEP) {
    candidates.push(...shared(Math.ceil(interval)));
  }
  return candidates;
}

/** The numbers of an ascending row that are far enough apart, and the last. */
function thinned(ascending: readonly number[]): number[] {
  let last = 0;
  return ascending.filter((value, i) => {
    if (value < last * STEP && i < ascending.length - 1) return false;
    last = value;
    return true;
  });
}
