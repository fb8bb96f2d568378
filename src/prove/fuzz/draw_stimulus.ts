import { SHORTEST_RESET } from '../../hardware/blocks/reset.js';
import type { Draw } from '../../base/draw.js';
import { STALLS } from '../simulate/patterns.js';
import {
  CONTENTS,
  LAST_FAULTS,
  type FuzzReset,
  type FuzzStimulus,
  type LastFault,
} from './fuzz_case.js';

/** Usual steps of a sequence, and steps above the longest one. */
const USUAL_STEPS = 8;
const MOST_BEYOND = 3;
/** Longest sequence, to limit simulation time. */
const MOST_STEPS = 24;

/** @param longest longest sequence of the config, steps. @param large fewer steps. */
export function drawStimulus(draw: Draw, longest: number, large: boolean): FuzzStimulus {
  const { between, pick, chance } = draw;
  const most = large ? 3 : USUAL_STEPS;
  const steps = () => {
    const beyond = longest + between(1, MOST_BEYOND);
    if (!large && beyond <= MOST_STEPS && chance(0.2)) return beyond;
    return between(1, Math.min(most, longest));
  };
  const resets = chance(0.5) ? drawResets(draw) : [];
  const faults = chance(0.35)
    ? Array.from({ length: between(1, 3) }, () => drawLastFault(draw))
    : [];
  // A reset or a missing end may lose a sequence.
  const count = resets.length + Math.min(1, faults.length) + between(1, large ? 2 : 4);
  return {
    seed: between(0, 2 ** 31),
    lengths: Array.from({ length: count }, steps),
    content: pick(CONTENTS),
    stalls: pick(STALLS),
    first_reset: pick([4, 4, SHORTEST_RESET, between(SHORTEST_RESET, 20)]),
    resets,
    last_faults: faults,
  };
}

function drawLastFault({ pick, between }: Draw): LastFault {
  return { kind: pick(LAST_FAULTS), place: between(0, 99) / 100 };
}

/** Resets at any cycle, or close together. */
function drawResets({ between, pick, chance }: Draw): FuzzReset[] {
  const cycles = () => (chance(0.5) ? SHORTEST_RESET : between(SHORTEST_RESET, 8));
  return Array.from({ length: between(1, 4) }, () => {
    switch (pick(['place', 'cycle', 'gap'] as const)) {
      case 'place':
        return { place: between(0, 99) / 100, cycles: cycles() };
      case 'cycle':
        return { cycle: between(1, 40), cycles: cycles() };
      case 'gap':
        return { gap: between(1, 12), cycles: cycles() };
    }
  });
}
