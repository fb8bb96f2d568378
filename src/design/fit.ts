import { loadDevice } from '../hardware/device/device.js';
import type { Config } from '../config/schema.js';
import { Qs5Error } from '../base/errors.js';
import type { IntegerNetwork } from '../network/types.js';
import { clientsOf, ownArrays } from '../hardware/plan/arrays.js';
import { buildPlan, completePlan, lowerPlan, schedulePlan } from '../hardware/plan/build.js';
import { fabricOf, type Fabric } from '../hardware/plan/fabric.js';
import {
  engineCycles,
  ownFoldings,
  resolveFolding,
  sharedFoldings,
  targetCycles,
} from '../hardware/plan/fold.js';
import { shareArrays } from '../hardware/plan/share.js';
import type { Lowered, Scheduled } from '../hardware/plan/stages.js';
import type { Folding, Plan } from '../hardware/plan/types.js';
import { verifyPlan } from '../hardware/plan/verify.js';
import { budgetOf, costOf, type Budget } from './budget.js';

/**
 * The plan for the target of a config: the least hardware that reaches a rate, or the fastest
 * within a budget.
 *
 * @throws E_FOLDING when nothing fits; E_CONFIG_VALUE for an unknown device or a rate too high.
 */
export function choosePlan(network: IntegerNetwork, config: Config): Plan {
  const { target } = config;
  const fabric = fabricOf(
    target?.device === undefined
      ? loadDevice(config.device)
      : loadDevice(target.device, ['target', 'device']),
  );
  const budget = budgetOf(target);
  if (budget === undefined) return buildPlan(network, ratedFolding(network, config, fabric));
  const plan = fastestWithin(budget, network, config, fabric);
  verifyPlan(plan);
  return plan;
}

/** The least hardware that keeps the rate of the target. */
function ratedFolding(
  network: IntegerNetwork,
  { target, folding: request, sharing }: Config,
  fabric: Fabric,
): Folding {
  const folding = resolveFolding(network, request, target, fabric, sharing === 'always');
  const cycles = targetCycles(target);
  return sharing === 'always' && cycles !== undefined ? { ...folding, interval: cycles } : folding;
}

/** A candidate folding. Its blocks are made once, on first use. */
interface Tried {
  readonly lowered: () => Lowered;
  readonly scheduled: () => Scheduled;
}

/** A folding within the budget, and its plan. */
interface Candidate {
  readonly interval: number;
  readonly plan: () => Plan;
}

function fastestWithin(
  budget: Budget,
  network: IntegerNetwork,
  { folding: request, sharing }: Config,
  fabric: Fabric,
): Plan {
  // Engines that share multipliers are built otherwise than those that have their own.
  const tried = (foldings: typeof ownFoldings): Tried[] => {
    const once = triedOnce(network);
    return engineCycles(network).flatMap((interval) =>
      foldings(network, request, interval, fabric).map(once),
    );
  };
  const sharedTries = tried(sharedFoldings);
  const own = sharing === 'always' ? [] : ownCandidates(tried(ownFoldings), budget);
  const shared = sharing === 'never' ? [] : sharedCandidates(sharedTries, budget);
  // The sort is stable: on a tie, the plan without shared multipliers comes first.
  const candidates = [...own, ...shared].sort((x, y) => x.interval - y.interval);
  let lacking: string | undefined;
  for (const { plan } of candidates) {
    lacking = budget.lacking(plan);
    if (lacking === undefined) return plan();
  }
  throw tooMuch(budget, lacking, sharedTries.at(-1)?.scheduled());
}

/** Equal foldings to several intervals are lowered once. */
function triedOnce(network: IntegerNetwork): (folding: Folding) => Tried {
  const known = new Map<string, Tried>();
  return (folding) => {
    const { share, inputLanes, outputLanes, matvec, recurrence } = folding;
    const key = JSON.stringify([share, inputLanes, outputLanes, matvec, recurrence]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const lowered = memo(() => lowerPlan(network, folding));
    const tried = { lowered, scheduled: memo(() => schedulePlan(lowered())) };
    known.set(key, tried);
    return tried;
  };
}

function memo<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Foldings within the budget where every engine has its own multipliers. */
function ownCandidates(all: readonly Tried[], budget: Budget): Candidate[] {
  return all
    .filter(({ scheduled }) => {
      const plan = scheduled();
      return costOf(plan, ownArrays(clientsOf(plan)), budget) <= budget.limit;
    })
    .map(({ scheduled }) => ({
      interval: scheduled().slowest.minInterval,
      plan: memo(() => completePlan(scheduled())),
    }));
}

/** Growth of the interval from try to try where engines take turns. */
const STEP = 1.01;

/** The same where engines take turns: of each folding the shortest interval that fits. */
function sharedCandidates(all: readonly Tried[], budget: Budget): Candidate[] {
  return all.flatMap(({ lowered, scheduled }) => {
    const interval = shortestShared(scheduled(), budget);
    if (interval === undefined) return [];
    const plan = memo(() => {
      const { folding, ...rest } = lowered();
      return completePlan(schedulePlan({ ...rest, folding: { ...folding, interval } }));
    });
    return [{ interval, plan }];
  });
}

/** The shortest interval at which engines that take turns keep within the budget, if any. */
function shortestShared(plan: Scheduled, budget: Budget): number | undefined {
  const clients = clientsOf(plan);
  // A longer interval than that of full sharing saves no hardware.
  const longest = 2 * clients.reduce((sum, { uses }) => sum + uses.length, 0);
  const work = clients.reduce((sum, client) => sum + budget.cost(client) * client.uses.length, 0);
  for (
    let interval = plan.slowest.minInterval;
    interval < longest;
    interval = Math.ceil(interval * STEP)
  ) {
    // The busiest engines alone may be too many already.
    if (work > budget.limit * interval) continue;
    if (costOf(plan, shareArrays(clients, interval), budget) <= budget.limit) return interval;
  }
  return undefined;
}

function tooMuch(
  budget: Budget,
  lacking: string | undefined,
  smallest: Scheduled | undefined,
): Qs5Error {
  if (lacking !== undefined || smallest === undefined) {
    return new Qs5Error('E_FOLDING', {
      path: ['target'],
      message: `No folding fits: ${lacking ?? 'there is none'}`,
      hint: 'name a larger device, or use a smaller network or fewer bits.',
    });
  }
  const clients = clientsOf(smallest);
  const own = costOf(smallest, ownArrays(clients), budget);
  // At this interval every engine can have a time of its own.
  const apart = 1 + Math.max(0, ...clients.flatMap(({ uses }) => uses.slice(-1)));
  const shared = costOf(smallest, shareArrays(clients, apart), budget);
  return new Qs5Error('E_FOLDING', {
    path: ['target'],
    message: `No folding fits ${budget.limit} ${budget.what}: ${own} are needed, ${shared} where engines share them.`,
    hint:
      shared <= budget.limit
        ? 'use sharing: auto.'
        : 'name a larger budget, use scales: { kind: power_of_two }, which needs fewer, or a smaller network.',
  });
}
