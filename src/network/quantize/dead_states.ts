import { at } from '../../base/at.js';
import type { Node } from '../types.js';
import { absMax, isDead } from './scales.js';

/** Part of the least live range that a state takes which nothing drives: its column of C becomes 0. */
const UNDRIVEN = 2 ** -64;

/**
 * Ranges of states, with one for each state that calibration found at zero throughout. A state that
 * B drives takes a range in proportion to its drive, as the widest live state has it. A state that
 * nothing drives stays at zero, and takes a range that keeps it out of the scales of C.
 *
 * @param limits largest magnitude of each state, real, [P].
 * @param rows rows of B over the words of `u`, re and im of each state in turn, [2P] rows.
 * @returns ranges above 0, [P].
 */
export function liveStates(
  limits: readonly number[],
  rows: readonly Float64Array[],
  u: Node,
): number[] {
  const largestWord = Math.max(-u.range.lo, u.range.hi);
  const drives = limits.map((_, p) =>
    Math.max(...[2 * p, 2 * p + 1].map((m) => sumOfMagnitudes(rows[m]) * largestWord)),
  );
  const live = limits.filter((limit) => !isDead(limit));
  const gains = limits.map((limit, p) => {
    const drive = at(drives, p);
    return isDead(limit) || isDead(drive) ? 0 : limit / drive;
  });
  const gain = absMax(gains) || 1;
  const [uScale = 1] = u.format.scale;
  const undriven = Math.min(uScale, ...live) * UNDRIVEN;
  return limits.map((limit, p) => {
    if (!isDead(limit)) return limit;
    const estimate = gain * at(drives, p);
    return isDead(estimate) ? undriven : estimate;
  });
}

function sumOfMagnitudes(row: Float64Array | undefined): number {
  return (row ?? new Float64Array()).reduce((sum, weight) => sum + Math.abs(weight), 0);
}
