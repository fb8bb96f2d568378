import type { Segment } from '../plan/types.js';

/** When the steps of a segment may start, as far as its source decides. */
export interface Pacing {
  /** Whether a step may start in this cycle. */
  open(): boolean;
  /** End of the cycle: whether a step started in it. */
  clock(started: boolean): void;
}

/** @param interval least cycles between starts; with `aligned` they are whole multiples of it. */
export function createPacing(interval: number, { aligned }: Pick<Segment, 'aligned'>): Pacing {
  /** Cycles since the last start that could have been. */
  let since: number | undefined;
  return {
    open: () => since === undefined || (aligned ? since % interval === 0 : since >= interval),
    clock(started) {
      if (started) since = 0;
      if (since !== undefined) since += 1;
    },
  };
}
