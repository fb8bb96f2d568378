import { precisionFields } from '../../config/fields.js';
import type { Draw } from '../../base/draw.js';
import { PROVABLE_TENSORS, type ProvableTensor } from '../../network/types.js';
import type { LayerOverride } from './fuzz_case.js';
import { choicesOf } from './choices.js';

const PRECISIONS = Object.keys(precisionFields);
const [FEWEST, MOST] = [2, 24];
/** Longest word that addresses a table in a whole network. */
const LONGEST_ADDRESS = 11;

const METHODS = choicesOf(['calibration', 'method']);
const WEIGHTS = choicesOf(['calibration', 'weights']);
/** No hardware reads the form `anchored`. */
const LAMBDA_FORMS = choicesOf(['lambda_form']).filter((form) => form !== 'anchored');
const ROUNDINGS = choicesOf(['rounding', 'loop']);
const POLES = choicesOf(['poles']);
const GELUS = choicesOf(['functions', 'gelu']);
const SIGMOIDS = choicesOf(['functions', 'sigmoid']);
const KINDS = choicesOf(['scales', 'kind']);
const SCALES = choicesOf(['scales', 'weights']);
const WEIGHT_RANGES = choicesOf(['scales', 'weight_range']);

/**
 * All keys about integers: word lengths, roundings, scales, calibration.
 *
 * @param provable tensors of the design with a range that may be a bound.
 */
export function drawWords(
  draw: Draw,
  layers: number,
  isNetwork: boolean,
  provable: readonly ProvableTensor[],
) {
  const { between, pick, chance } = draw;
  const method = pick(METHODS);
  return {
    calibration: {
      sequences: between(1, 3),
      method,
      ...(method === 'percentile' ? { percentile: pick([50, 90, 99, 99.99, 100]) } : {}),
      weights: pick(['nearest', ...WEIGHTS]),
      bias_correction: chance(0.3),
      ...drawMargin(draw, provable),
    },
    precision: drawPrecision(draw, isNetwork),
    lambda_form: pick(LAMBDA_FORMS),
    ...(chance(0.7) ? { poles: pick(POLES) } : {}),
    rounding: { loop: pick(ROUNDINGS), requantize: pick(ROUNDINGS) },
    scales: {
      kind: pick(KINDS),
      weights: pick(SCALES),
      weight_range: pick(WEIGHT_RANGES),
      balanced_states: chance(0.7),
      multiplier_bits: between(4, MOST),
    },
    ...(chance(0.7) ? { functions: drawFunctions(draw) } : {}),
    ...(chance(0.3) ? { layers: drawOverrides(draw, layers, isNetwork) } : {}),
  };
}

/** Proved ranges need a margin for weights that rounding enlarged. */
function drawMargin({ pick, chance }: Draw, provable: readonly ProvableTensor[]) {
  if (chance(0.75)) return { margin: pick([0.3, 1, 1, 2]) };
  // One draw for each tensor, also for those that the design lacks: a seed stays the same design.
  const proved = PROVABLE_TENSORS.filter(() => chance(0.4)).filter((one) => provable.includes(one));
  return { proved, margin: pick([1, 1.1, 2, 4]) };
}

function drawFunctions({ pick, chance }: Draw) {
  return {
    ...(chance(0.8) ? { gelu: pick(GELUS) } : {}),
    ...(chance(0.8) ? { sigmoid: pick(SIGMOIDS) } : {}),
  };
}

/** All word lengths of any size, all usual ones, or only the shortest and the longest. */
function drawPrecision(draw: Draw, isNetwork: boolean): Record<string, number> {
  const { between, pick } = draw;
  const kind = pick(['any', 'any', 'usual', 'ends'] as const);
  const bits = (): number => {
    if (kind === 'any') return between(FEWEST, MOST);
    return kind === 'usual' ? between(4, 18) : pick([FEWEST, MOST]);
  };
  const precision = Object.fromEntries(PRECISIONS.map((key) => [key, bits()]));
  return { ...precision, ...(isNetwork ? { non_ssm_act: between(2, LONGEST_ADDRESS) } : {}) };
}

function drawOverrides(draw: Draw, layers: number, isNetwork: boolean): LayerOverride[] {
  const { pick, chance } = draw;
  return Array.from({ length: layers }, (_, layer) => layer)
    .filter(() => layers === 1 || chance(0.6))
    .map((layer) => {
      const all = Object.entries(drawPrecision(draw, isNetwork));
      return {
        layer,
        ...(chance(0.8) ? { precision: Object.fromEntries(all.filter(() => chance(0.4))) } : {}),
        ...(chance(0.5) ? { lambda_form: pick(LAMBDA_FORMS) } : {}),
        ...(chance(0.5)
          ? {
              rounding: {
                ...(chance(0.6) ? { loop: pick(ROUNDINGS) } : {}),
                ...(chance(0.6) ? { requantize: pick(ROUNDINGS) } : {}),
              },
            }
          : {}),
      };
    });
}
