import { withSizeEverywhere } from '../part.js';
import type { Scheduled, Timed } from '../stages.js';

/**
 * The interval is that of the slowest block, or the longer one of the folding. Blocks that start
 * steps are paced by it.
 */
export function setInterval<P extends Scheduled>(plan: P): P & Timed {
  const { minInterval } = plan.slowest;
  const interval = Math.max(minInterval, plan.folding.interval ?? minInterval);
  return { ...plan, interval, parts: withSizeEverywhere(plan.parts, 'interval', interval) };
}
