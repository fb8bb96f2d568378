import type { Fit } from '../../hardware/device/budget.js';

/** Exit code of a design that is made, but larger than its device. */
const DOES_NOT_FIT_EXIT = 4;

/** 0 if the fit is unknown, because a family may have no estimates. */
export function fitExit({ fits }: Fit): number {
  return fits === false ? DOES_NOT_FIT_EXIT : 0;
}
