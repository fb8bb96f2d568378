import { loadDevice, type Device } from '../device/device.js';
import type { Config } from '../config/schema.js';
import { Qs5Error } from '../errors.js';
import { dspsOfProduct } from '../device/dsp.js';
import { estimatePlan } from '../estimate/estimate.js';
import type { IntegerNetwork } from '../network/types.js';
import { ownArrays, type MultiplierArray } from '../plan/arrays.js';
import { candidatePlan, draftPlan, type Draft } from '../plan/build.js';
import { fabricOf } from '../plan/fabric.js';
import {
  engineCycles,
  ownFoldings,
  resolveFolding,
  sharedFoldings,
  targetCycles,
} from '../plan/fold.js';
import { shareArrays } from '../plan/share.js';
import type { Folding, Plan } from '../plan/types.js';

/** What a design may use. */
interface Budget {
  /** What is counted, as an error names it. */
  readonly what: string;
  readonly limit: number;
  /** How much of it multipliers take. */
  readonly cost: (array: Pick<MultiplierArray, 'count' | 'aBits' | 'bBits'>) => number;
  /** What else does not fit, if anything. */
  readonly rest: (plan: () => Plan) => string | undefined;
}

/**
 * The folding that a config asks for: the least hardware that keeps a rate, or the fastest that
 * keeps within a budget.
 *
 * @throws E_FOLDING when nothing fits; E_CONFIG_VALUE for an unknown device or a rate too high.
 */
export function chooseFolding(network: IntegerNetwork, config: Config): Folding {
  const { target, folding: request, sharing } = config;
  const fabric = fabricOf(
    target?.device === undefined
      ? loadDevice(config.device)
      : loadDevice(target.device, ['target', 'device']),
  );
  const budget = budgetOf(target);
  if (budget === undefined) {
    const folding = resolveFolding(network, request, target, fabric, sharing === 'always');
    const cycles = targetCycles(target);
    if (sharing !== 'always') return folding;
    return { ...folding, ...(cycles === undefined ? {} : { interval: cycles }) };
  }
  // Engines that share multipliers are built otherwise than those that have their own.
  const drafts = (share: boolean): Drafted[] =>
    engineCycles(network).flatMap((interval) =>
      (share ? sharedFoldings : ownFoldings)(network, request, interval, fabric).map((folding) => {
        let draft: Draft | undefined;
        return { folding, draft: () => (draft ??= draftPlan(network, folding)) };
      }),
    );
  const sharedDrafts = drafts(true);
  const own = sharing === 'always' ? [] : ownCandidates(drafts(false), budget);
  const shared = sharing === 'never' ? [] : sharedCandidates(sharedDrafts, budget);
  // The fastest first; of two as fast, that without switches.
  const candidates = [...own, ...shared].sort((x, y) => x.interval - y.interval);
  let reason: string | undefined;
  for (const { folding } of candidates) {
    reason = budget.rest(() => candidatePlan(network, folding));
    if (reason === undefined) return folding;
  }
  throw tooMuch(budget, reason, sharedDrafts.at(-1)?.draft());
}

interface Drafted {
  readonly folding: Folding;
  /** Made when it is first asked for. */
  readonly draft: () => Draft;
}

interface Candidate {
  readonly folding: Folding;
  readonly interval: number;
}

function budgetOf(target: Config['target']): Budget | undefined {
  if (target?.multipliers !== undefined) {
    const limit = target.multipliers;
    return { what: 'multipliers', limit, cost: ({ count }) => count, rest: () => undefined };
  }
  if (target?.device === undefined) return undefined;
  const device = loadDevice(target.device, ['target', 'device']);
  return {
    what: `DSPs of ${device.name}`,
    limit: device.dsp.count,
    cost: ({ count, aBits, bBits }) => count * dspsOfProduct(device.dsp, aBits, bBits),
    rest: (plan) => missing(plan(), device),
  };
}

function missing(plan: Plan, device: Device): string | undefined {
  const { over } = estimatePlan(plan, device);
  return over.length === 0 ? undefined : `${device.name} has too little: ${over.join(', ')}.`;
}

/** Multipliers that blocks keep for themselves. */
function kept({ blocks }: Draft, { cost }: Budget): number {
  return blocks
    .flatMap(({ multipliers }) => multipliers)
    .reduce((sum, multiplier) => sum + cost(multiplier), 0);
}

function costOf(draft: Draft, arrays: readonly MultiplierArray[], budget: Budget): number {
  return arrays.reduce((sum, array) => sum + budget.cost(array), kept(draft, budget));
}

/** Foldings within the budget where every engine has its own multipliers. */
function ownCandidates(drafts: readonly Drafted[], budget: Budget): Candidate[] {
  return drafts
    .filter(({ draft }) => costOf(draft(), ownArrays(draft().clients), budget) <= budget.limit)
    .map(({ folding, draft }) => ({ folding, interval: draft().slowest.minInterval }));
}

/** Growth of the interval from try to try where engines take turns. */
const STEP = 1.01;

/** The same where engines take turns: of each folding the shortest interval that fits. */
function sharedCandidates(drafts: readonly Drafted[], budget: Budget): Candidate[] {
  const found: Candidate[] = [];
  for (const { folding, draft } of drafts) {
    const made = draft();
    const { slowest, clients, segmentOf } = made;
    // Nothing is gained beyond the interval at which all engines take turns.
    const longest = 2 * clients.reduce((sum, { uses }) => sum + uses.length, 0);
    for (
      let interval = slowest.minInterval;
      interval < longest;
      interval = Math.ceil(interval * STEP)
    ) {
      // The busiest engines alone may be too many already.
      const cycles = clients.reduce(
        (sum, client) => sum + budget.cost(client) * client.uses.length,
        0,
      );
      if (cycles > budget.limit * interval) continue;
      const arrays = shareArrays(clients, interval, segmentOf);
      if (costOf(made, arrays, budget) > budget.limit) continue;
      found.push({ folding: { ...folding, interval }, interval });
      break;
    }
  }
  return found;
}

function tooMuch(
  budget: Budget,
  reason: string | undefined,
  smallest: Draft | undefined,
): Qs5Error {
  if (reason !== undefined || smallest === undefined) {
    return new Qs5Error('E_FOLDING', {
      path: ['target'],
      message: `No folding fits: ${reason ?? 'there is none'}`,
      hint: 'name a larger device, or use a smaller network or fewer bits.',
    });
  }
  const own = costOf(smallest, ownArrays(smallest.clients), budget);
  const shared = costOf(
    smallest,
    shareArrays(smallest.clients, longestInterval(smallest), smallest.segmentOf),
    budget,
  );
  return new Qs5Error('E_FOLDING', {
    path: ['target'],
    message: `No folding fits ${budget.limit} ${budget.what}: ${own} are needed at the least, ${shared} where engines share them.`,
    hint:
      shared <= budget.limit
        ? 'use sharing: auto.'
        : 'name a larger budget, use scales: { kind: power_of_two }, which needs fewer, or a smaller network.',
  });
}

/** An interval at which every engine can have a time of its own. */
function longestInterval({ clients }: Draft): number {
  return 1 + Math.max(0, ...clients.flatMap(({ uses }) => uses.at(-1) ?? 0));
}
