import { withSizeEverywhere } from '../part.js';
import { slowestOf } from '../slowest.js';
import type { Lowered, Paced } from '../stages.js';

/**
 * Blocks with a slower, smaller variant take it where it keeps up with the slowest block, or with
 * the interval of the folding.
 */
export function setPace<P extends Lowered>(plan: P): P & Paced {
  const { minInterval } = slowestOf(plan.parts);
  const pace = Math.max(minInterval, plan.folding.interval ?? minInterval);
  return { ...plan, pace, parts: withSizeEverywhere(plan.parts, 'pace', pace) };
}
