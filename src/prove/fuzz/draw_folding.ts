import { deviceNames } from '../../hardware/device/device.js';
import type { Draw } from '../../base/draw.js';
import type { FuzzFolding, FuzzTarget, Sizes } from './fuzz_case.js';
import { choicesOf } from './choices.js';

const SHARING = choicesOf(['sharing']);
/** Rates and budgets that most designs reach. */
const INTERVALS = [24, 40, 70, 150, 400];
const MULTIPLIERS = [8, 16, 40, 100];
const CLOCKS = [12.5, 48, 100, 333.3];

/** Folding, target and device of a design. */
export function drawFolding(draw: Draw, sizes: Sizes, isNetwork: boolean) {
  const { pick, chance } = draw;
  const device = pick(deviceNames());
  const sharing = chance(0.6) ? { sharing: pick(SHARING) } : {};
  const all = givenFolding(draw, sizes, isNetwork);
  if (chance(0.5)) return { folding: someAuto(draw, all, 0.1), device, ...sharing };
  const folding = pick([{}, 'auto', someAuto(draw, all, 0.7)] as const);
  // Without a target, each matrix uses one multiplier.
  const target = chance(0.85) ? { target: drawTarget(draw) } : {};
  return { folding, ...target, device, ...sharing };
}

function drawTarget({ pick }: Draw): FuzzTarget {
  switch (pick(['interval', 'rate', 'multipliers', 'device'] as const)) {
    case 'interval':
      return { interval: pick(INTERVALS) };
    case 'rate': {
      const clock = pick(CLOCKS);
      return { steps_per_second: (clock * 1e6) / pick(INTERVALS), clock_mhz: clock };
    }
    case 'multipliers':
      return { multipliers: pick(MULTIPLIERS) };
    case 'device':
      return { device: pick(deviceNames()) };
  }
}

/** A valid folding of every engine. */
function givenFolding(draw: Draw, sizes: Sizes, isNetwork: boolean): FuzzFolding {
  const { pick, divisor } = draw;
  const { features, states, read, inputs, outputs } = sizes;
  const matrix = (rows: number, columns: number) => ({ pe: divisor(rows), simd: divisor(columns) });
  const multipliers = pick([1, 3, 4]);
  return {
    input: { lanes: divisor(inputs) },
    b: matrix(2 * states, features),
    recurrence: { lanes: multipliers === 1 ? 1 : divisor(states), multipliers },
    c: matrix(features, read),
    output: { lanes: divisor(outputs) },
    ...(isNetwork
      ? {
          encoder: matrix(features, inputs),
          gate: matrix(features, features),
          decoder: matrix(outputs, features),
        }
      : {}),
  };
}

/** A valid folding with some engines on `auto`. */
function someAuto({ chance }: Draw, folding: FuzzFolding, share: number): FuzzFolding {
  return Object.fromEntries(
    Object.entries(folding).flatMap(([engine, given]) =>
      chance(share) ? (chance(0.5) ? [[engine, 'auto']] : []) : [[engine, given]],
    ),
  );
}
