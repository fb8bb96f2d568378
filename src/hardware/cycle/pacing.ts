import type { Segment } from '../plan/types.js';

/**
 * Start times of a segment's steps, as far as its source decides them (qs5_step_pacer). Each start is
 * decided one cycle earlier.
 */
export interface Pacing {
  /** True if a step may start in the next cycle. */
  open(): boolean;
  /** End of the cycle. `starts`: a step starts in the next cycle. */
  clock(starts: boolean): void;
}

/** @param interval least cycles between starts, at least 3; with `aligned` they are whole multiples of it. */
export function createPacing(interval: number, { aligned }: Pick<Segment, 'aligned'>): Pacing {
  /** Cycles from the last decision to this one. */
  let since: number | undefined;
  return {
    open: () => since === undefined || (aligned ? since % interval === 0 : since >= interval),
    clock(starts) {
      if (starts) since = 0;
      if (since !== undefined) since += 1;
    },
  };
}
