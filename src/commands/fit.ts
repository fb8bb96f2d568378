import type { Fit } from '../device/budget.js';

/** Exit code of a design that was made and does not fit its device. */
const DOES_NOT_FIT_EXIT = 4;

/** A design that is not known to fit for want of estimates is no failure. */
export function fitExit({ fits }: Fit): number {
  return fits === false ? DOES_NOT_FIT_EXIT : 0;
}
