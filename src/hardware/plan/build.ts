import type { IntegerNetwork } from '../../network/types.js';
import { assemble } from './assemble.js';
import { finish } from './finish.js';
import { insertWaits } from './passes/insert_waits.js';
import { setInterval } from './passes/set_interval.js';
import { setPace } from './passes/set_pace.js';
import { shareMultipliers } from './passes/share_multipliers.js';
import { sizeBuffers } from './passes/size_buffers.js';
import { sizeOutput } from './passes/size_output.js';
import { sizeReplays } from './passes/size_replays.js';
import type { Lowered, Scheduled } from './stages.js';
import type { Folding, Plan } from './types.js';
import { verifyPlan } from './verify.js';

/** The blocks of an integer network under a folding, each with the least sizes. */
export function lowerPlan(network: IntegerNetwork, folding: Folding): Lowered {
  return verified(assemble(network, folding));
}

/** The same with the cycles of every block: enough to see what multiplies when. */
export function schedulePlan(lowered: Lowered): Scheduled {
  return verified(insertWaits(verified(setPace(lowered))));
}

/** The whole plan. Its ROM images are not read: `verifyPlan` reads them. */
export function completePlan(scheduled: Scheduled): Plan {
  const timed = verified(setInterval(scheduled));
  const buffered = verified(sizeBuffers(timed));
  const slotted = verified(sizeOutput(buffered));
  const replayed = verified(sizeReplays(slotted));
  return finish(verified(shareMultipliers(replayed)));
}

/** The plan of an integer network under a folding, verified. */
export function buildPlan(network: IntegerNetwork, folding: Folding): Plan {
  const plan = completePlan(schedulePlan(lowerPlan(network, folding)));
  verifyPlan(plan);
  return plan;
}

/** A stage whose promises so far were checked. */
function verified<S extends Lowered>(stage: S): S {
  verifyPlan({ ...stage, blocks: stage.parts.map(({ block }) => block) });
  return stage;
}
