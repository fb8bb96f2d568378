import { RETURN_LATENCY } from '../../blocks/axis_out.js';
import { START_LATENCY } from '../../blocks/step_pacer.js';
import { OUTPUT_BLOCK } from '../assembler.js';
import { lastOutput } from '../last_output.js';
import { withSizes } from '../part.js';
import type { Buffered, Slotted } from '../stages.js';

/**
 * The output edge has a slot for every step that starts before the first result has left. A step
 * may start after the slot of the step `slots` earlier is seen to be free.
 */
export function sizeOutput<P extends Buffered>(plan: P): P & Slotted {
  const cycles = lastOutput(plan.timing, OUTPUT_BLOCK) + RETURN_LATENCY + START_LATENCY;
  const slots = Math.ceil(cycles / plan.interval);
  return { ...plan, slots, parts: withSizes(plan.parts, new Map([[OUTPUT_BLOCK, { slots }]])) };
}
