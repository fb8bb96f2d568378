import { at } from '../../base/at.js';
import { randomStream } from '../../base/random.js';
import type { Plan } from '../../hardware/plan/types.js';

export const STALLS = ['none', 'random', 'worst'] as const;

/**
 * - `none`: a beat is always offered and always taken;
 * - `random`: source and sink hold back in stretches of changing density;
 * - `worst`: each waits for longer than the design can hold, in turn, then both trickle.
 */
export type Stalls = (typeof STALLS)[number];

/** When a source may offer and a sink takes; both repeat. */
export interface Patterns {
  readonly validPattern: readonly boolean[];
  readonly readyPattern: readonly boolean[];
}

/** A prime, so that random patterns do not lock to a design's interval. */
const RANDOM_PERIOD = 4093;
/** Share of cycles in which a random pattern moves, a random one per stretch. */
const DENSITIES = [1, 0.9, 0.5, 0.2, 0.03] as const;
const STRETCH = 64;

/** Deterministic patterns for a plan; `seed` matters for `random` only. */
export function stallPatterns(stalls: Stalls, plan: Plan, seed: number): Patterns {
  switch (stalls) {
    case 'none':
      return { validPattern: [true], readyPattern: [true] };
    case 'random':
      return {
        validPattern: randomPattern(seed),
        readyPattern: randomPattern((seed + 1) % 2 ** 32),
      };
    case 'worst': {
      // Longer than it takes to fill every buffer, and to empty it.
      const phase = plan.latency + (plan.slots + 2) * plan.interval;
      const repeat = (on: boolean) => new Array<boolean>(phase).fill(on);
      const trickle = (period: number) => repeat(false).map((_, i) => i % period === 0);
      return {
        validPattern: [...repeat(true), ...repeat(true), ...repeat(false), ...trickle(5)],
        readyPattern: [...repeat(false), ...repeat(true), ...trickle(7), ...trickle(3)],
      };
    }
  }
}

function randomPattern(seed: number): boolean[] {
  const random = randomStream(seed);
  let density = 1;
  return Array.from({ length: RANDOM_PERIOD }, (_, i) => {
    if (i % STRETCH === 0) density = at(DENSITIES, Math.floor(random.uniform() * DENSITIES.length));
    return random.uniform() < density;
  });
}
