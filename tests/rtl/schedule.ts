import type { StepTag } from '../../src/hardware/blocks/block.js';
import type { Random } from './random.js';

/** Cycles of reset at the start, and in mid-stream. */
export const RESET_CYCLES = 2;

/** One time step of a bench. */
export interface ScheduledStep {
  readonly tag: StepTag;
  /** Cycles of its beats. */
  readonly cycles: readonly number[];
  /** Cycle of a reset that ends it, if any; what is to come after that cycle never comes. */
  readonly reset: number;
  /** True if a reset comes between the step before and this one. */
  readonly fresh: boolean;
}

export interface ScheduleOptions {
  /** True if a step ends its sequence; by default some do. */
  readonly isLast?: (step: number) => boolean;
  /** Cycles from the middle beat of a step to the reset that ends it. */
  readonly resetDelay?: number;
  /** Cycles that pass after a step with gaps before the next one. */
  readonly rest?: number;
}

/**
 * When the beats of `steps` time steps come: first back to back at `minInterval`, then with random
 * gaps, then a reset within a step, and back to back again. Two consecutive beats of the same
 * index are never closer than `minInterval`. Sequences begin and end here and there.
 */
export function scheduleSteps(
  steps: number,
  beats: number,
  minInterval: number,
  random: Random,
  {
    isLast = (step) => step % 5 === 1 || random(6) === 0,
    resetDelay = 0,
    rest = 0,
  }: ScheduleOptions = {},
): ScheduledStep[] {
  const gapsFrom = Math.floor(steps / 3);
  const resetAt = Math.floor((2 * steps) / 3);
  const schedule: ScheduledStep[] = [];
  let before: readonly number[] = [];
  let earliest = RESET_CYCLES;
  let first = true;
  for (let step = 0; step < steps; step++) {
    const gaps = step >= gapsFrom && step < resetAt;
    const cycles: number[] = [];
    for (let beat = 0; beat < beats; beat++) {
      const after = Math.max(
        (cycles[beat - 1] ?? earliest - 1) + 1,
        (before[beat] ?? -minInterval) + minInterval,
      );
      cycles.push(after + (gaps ? random(4) : 0));
    }
    const broken = step === resetAt;
    const reset = broken ? (cycles[Math.floor(beats / 2)] ?? 0) + resetDelay : Infinity;
    const last = isLast(step);
    schedule.push({ tag: { first, last }, cycles, reset, fresh: step > 0 && before.length === 0 });
    first = broken || last;
    before = broken ? [] : cycles;
    earliest = broken ? reset + RESET_CYCLES : (cycles.at(-1) ?? 0) + 1 + (gaps ? rest : 0);
  }
  // Beats in the pipeline at a reset are lost as well.
  const [lost] = schedule.filter(({ reset }) => reset < Infinity);
  return schedule.map((step, i) =>
    lost !== undefined && i < resetAt ? { ...step, reset: lost.reset } : step,
  );
}

/** The first cycle of each reset after the one at the beginning. */
export function resetsOf(schedule: readonly ScheduledStep[]): number[] {
  return [...new Set(schedule.map(({ reset }) => reset).filter((cycle) => cycle < Infinity))];
}
