import { buffers, outputSlots } from './checks/buffers.js';
import type { Claims } from './checks/claims.js';
import { memories } from './checks/memories.js';
import { multipliers } from './checks/multipliers.js';
import { ranges } from './checks/ranges.js';
import { replays } from './checks/replays.js';
import { intervals, streams } from './checks/schedule.js';
import { wiring } from './checks/wiring.js';
import type { Check, Fact } from './facts.js';

/** Checks in the order in which their violations are listed. */
const CHECKS: readonly ((plan: Claims) => Generator<Check>)[] = [
  wiring,
  intervals,
  streams,
  buffers,
  outputSlots,
  replays,
  memories,
  multipliers,
  ranges,
];

/**
 * Checks every promise that a plan makes so far: after each pass, and of the complete plan before
 * anyone reads it. Returns the facts that it checked. A violation is a bug in the planner, not the
 * user's: it throws a plain Error that lists them all.
 */
export function verifyPlan(plan: Claims): readonly Fact[] {
  const checks = CHECKS.flatMap((promise) => [...promise(plan)]);
  const problems = checks.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  if (problems.length > 0)
    throw new Error(`the plan breaks its own rules:\n${problems.join('\n')}`);
  return checks.map(({ name, subject, bound, found }) => ({ name, subject, bound, found }));
}
