import type { Config } from '../config/schema.js';
import { loadDevice, type Device } from '../hardware/device/device.js';
import { dspsOfProduct } from '../hardware/device/dsp.js';
import { estimatePlan } from '../hardware/estimate/estimate.js';
import type { MultiplierArray } from '../hardware/plan/multiplier_array.js';
import type { Lowered } from '../hardware/plan/stages.js';
import type { Plan } from '../hardware/plan/types.js';

/** The resources that a design may use. */
export interface Budget {
  /** The name of what is counted, for an error. */
  readonly what: string;
  readonly limit: number;
  /** Cost of multipliers in what is counted. */
  readonly cost: (array: Pick<MultiplierArray, 'count' | 'aBits' | 'bBits'>) => number;
  /** The first of all other resources that does not fit, if any. */
  readonly lacking: (plan: () => Plan) => string | undefined;
}

/** The budget that a target sets; undefined for a target that sets a rate, or none. */
export function budgetOf(target: Config['target']): Budget | undefined {
  if (target?.multipliers !== undefined) {
    const limit = target.multipliers;
    return { what: 'multipliers', limit, cost: ({ count }) => count, lacking: () => undefined };
  }
  if (target?.device === undefined) return undefined;
  const device = loadDevice(target.device, ['target', 'device']);
  return {
    what: `DSPs of ${device.name}`,
    limit: device.dsp.count,
    cost: ({ count, aBits, bBits }) => count * dspsOfProduct(device.dsp, aBits, bBits),
    lacking: (plan) => lackingOn(plan(), device),
  };
}

function lackingOn(plan: Plan, device: Device): string | undefined {
  const { over } = estimatePlan(plan, device);
  return over.length === 0 ? undefined : `${device.name} has too little: ${over.join(', ')}.`;
}

/** Cost of the multipliers that blocks keep for themselves, and of arrays. */
export function costOf(
  { parts }: Pick<Lowered, 'parts'>,
  arrays: readonly MultiplierArray[],
  { cost }: Budget,
): number {
  const kept = parts.flatMap(({ block }) => block.multipliers);
  return [...kept, ...arrays].reduce((sum, multipliers) => sum + cost(multipliers), 0);
}
