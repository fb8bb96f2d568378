import type { QuantizedModel } from '../design/build.js';
import type { Device } from '../device/device.js';
import { estimatePlan, type Estimate } from '../estimate/estimate.js';
import { buildPlan } from '../plan/build.js';
import { fabricOf } from '../plan/fabric.js';
import { foldingsOf } from './foldings.js';

/** The fastest design of a network that fits a device. */
export interface Fastest {
  readonly device: Device;
  /** undefined: none fits. */
  readonly design?: { readonly estimate: Estimate; readonly shared: boolean };
  /** What the next faster design needs too much of, or the slowest engine; or what none has. */
  readonly binding: string;
}

/** Tries foldings from the fastest on; `pause` is called after each. */
export async function fastestOn(
  { network, loaded }: Pick<QuantizedModel, 'network' | 'loaded'>,
  device: Device,
  pause: () => Promise<void>,
): Promise<Fastest> {
  const refused: { readonly interval: number; readonly over: string }[] = [];
  let best: Fastest | undefined;
  let fastest = Infinity;
  for (const { interval: wanted, folding } of foldingsOf(
    network,
    loaded.config,
    fabricOf(device),
  )) {
    if (wanted >= fastest) break;
    const plan = buildPlan(network, folding);
    const { interval, binding } = plan;
    const estimate = estimatePlan(plan, device);
    if (estimate.over.length > 0) {
      refused.push({ interval, over: `at ${interval}: ${estimate.over.join(', ')}` });
    } else if (interval < fastest) {
      fastest = interval;
      const design = { estimate, shared: folding.share };
      best = { device, design, binding: `${binding.block}: ${binding.limit}` };
    }
    await pause();
  }
  const faster = refused.filter(({ interval }) => interval < fastest).at(-1)?.over;
  if (best === undefined) return { device, binding: faster ?? 'there is no folding' };
  return faster === undefined ? best : { ...best, binding: faster };
}
