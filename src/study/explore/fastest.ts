import type { QuantizedModel } from '../../design/build.js';
import type { Device } from '../../hardware/device/device.js';
import { estimatePlan, type Estimate } from '../../hardware/estimate/estimate.js';
import { buildPlan } from '../../hardware/plan/build.js';
import { fabricOf } from '../../hardware/plan/fabric.js';
import { foldingsOf } from './foldings.js';

/** The fastest design of a network that fits a device. */
export interface Fastest {
  readonly device: Device;
  /** undefined: none fits. */
  readonly design?: { readonly estimate: Estimate; readonly shared: boolean };
  /** The resource that the next faster design lacks, or the slowest engine; or the reason for none. */
  readonly binding: string;
}

/** Tries foldings from the fastest on; `pause` is called after each. */
export async function fastestOn(
  { network, loaded }: Pick<QuantizedModel, 'network' | 'loaded'>,
  device: Device,
  pause: () => Promise<void>,
): Promise<Fastest> {
  const refused: { readonly interval: number; readonly over: readonly string[] }[] = [];
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
      refused.push({ interval, over: estimate.over });
    } else if (interval < fastest) {
      fastest = interval;
      const design = { estimate, shared: folding.share };
      best = { device, design, binding: `${binding.block}: ${binding.limit}` };
    }
    await pause();
  }
  const faster = nextFaster(refused, fastest);
  if (best === undefined) return { device, binding: faster ?? 'there is no folding' };
  return faster === undefined ? best : { ...best, binding: faster };
}

/**
 * The resources that the next faster of some designs lacks; of several as fast, the one that lacks
 * the fewest counts. Undefined where none is faster, or the next faster fits.
 */
export function nextFaster(
  designs: readonly { readonly interval: number; readonly over: readonly string[] }[],
  interval: number,
): string | undefined {
  const [next] = designs
    .filter((one) => one.interval < interval)
    .sort((a, b) => b.interval - a.interval || a.over.length - b.over.length);
  if (next === undefined || next.over.length === 0) return undefined;
  return `at ${next.interval}: ${next.over.join(', ')}`;
}
