/** Learning rate over the steps of a training. */
export interface Schedule {
  /** Steps over which the rate grows linearly from 0 to its peak. */
  readonly warmup: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Last rate as a share of the peak, 0 to 1. */
  readonly floor: number;
}

/** Rate of step 1 to `steps` as a share of the peak: a line upwards, then half a cosine downwards. */
export function rateAt({ warmup, steps, floor }: Schedule, step: number): number {
  if (step <= warmup) return step / warmup;
  const done = (step - warmup) / (steps - warmup);
  return floor + ((1 - floor) * (1 + Math.cos(Math.PI * done))) / 2;
}
