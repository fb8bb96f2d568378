import type { Config } from '../config/schema.js';
import type { IntegerNetwork } from '../network/types.js';
import type { Fabric } from '../plan/fabric.js';
import { engineCycles, resolveFolding } from '../plan/fold.js';
import type { Folding } from '../plan/types.js';

/** Least ratio of two intervals that are both looked at. */
const STEP = 1.15;

/**
 * Foldings of a network from the fastest to the smallest: what the config asks for stays, what is
 * auto is folded to a row of intervals, with multipliers for each engine and with shared ones.
 */
export function foldingsOf(
  network: IntegerNetwork,
  { folding, sharing }: Pick<Config, 'folding' | 'sharing'>,
  fabric: Fabric,
): Folding[] {
  return thinned(engineCycles(network)).flatMap((interval) => {
    const own = resolveFolding(network, folding, { interval }, fabric);
    return [
      ...(sharing === 'always' ? [] : [own]),
      ...(sharing === 'never' ? [] : [{ ...own, share: true, interval }]),
    ];
  });
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
