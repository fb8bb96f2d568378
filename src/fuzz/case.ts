import { stringify } from 'yaml';
import { drawFrom, seedOf, type Draw } from '../draw.js';
import { randomStream } from '../random.js';
import { STALLS, type Stalls } from '../simulate/patterns.js';

type Lanes = { readonly lanes: number };
type PeSimd = { readonly pe: number; readonly simd: number };

/** How each engine of a case is folded; `auto` where it is not said. */
export interface FuzzFolding {
  readonly input?: Lanes;
  readonly encoder?: PeSimd;
  readonly b?: PeSimd;
  readonly recurrence?: Lanes & { readonly multipliers: number };
  readonly c?: PeSimd;
  readonly gate?: PeSimd;
  readonly decoder?: PeSimd;
  readonly output?: Lanes;
}

/** A config as YAML would have it, before defaults. */
export interface FuzzConfig {
  readonly name: string;
  readonly model: { readonly init: Readonly<Record<string, string | number | boolean>> };
  readonly scope: 'network' | { readonly ssm_core: number };
  readonly input?: 'values' | 'one_hot';
  readonly max_length?: number;
  readonly functions?: { readonly gelu: string; readonly sigmoid: string };
  readonly data: { readonly synthetic: { readonly seed: number; readonly length: number } };
  readonly calibration: {
    readonly sequences: number;
    readonly method: string;
    readonly weights: string;
    readonly bias_correction: boolean;
    readonly margin: number;
  };
  readonly precision: Readonly<Record<string, number>>;
  readonly lambda_form: 'direct' | 'delta';
  readonly rounding: { readonly loop: string; readonly requantize: string };
  readonly scales: Readonly<Record<string, string | number | boolean>>;
  readonly folding: FuzzFolding;
  readonly target?: { readonly interval: number } | { readonly multipliers: number };
  readonly sharing?: string;
  readonly device: string;
}

/** A random design and what is done to it. */
export interface FuzzCase {
  readonly config: FuzzConfig;
  readonly stimulus: {
    readonly seed: number;
    /** Steps of each sequence. */
    readonly lengths: readonly number[];
    /** Words of the test data, or any words that the pins can carry. */
    readonly content: 'data' | 'full_scale';
    readonly stalls: Stalls;
    /** Resets in mid-stream. */
    readonly resets: number;
  };
}

const ROUNDINGS = ['half_up', 'half_even', 'toward_zero'] as const;
const PRECISIONS = ['a', 'b', 'c', 'd', 'non_ssm', 'ssm_act', 'non_ssm_act', 'state', 'residual'];
/** Largest vectors of a core, and of a whole network of up to three layers. */
const LARGEST_CORE = 24;
const LARGEST_LAYER = 10;
const MOST_LAYERS = 3;

/**
 * Case number `index` of a seed: every other one a whole network of 1 to 3 layers, the others SSM
 * cores; any widths, any folding that divides.
 */
export function randomCase(seed: number, index: number): FuzzCase {
  const draw = drawFrom(randomStream(seedOf(seed, index)));
  const { pick, between, chance } = draw;
  const length = between(4, 24);
  const common = {
    name: 'fuzz',
    data: { synthetic: { seed: between(0, 2 ** 31), length } },
    calibration: {
      sequences: between(1, 3),
      method: pick(['abs_max', 'abs_max', 'percentile', 'mse']),
      weights: pick(['nearest', 'nearest', 'reconstruct']),
      bias_correction: chance(0.3),
      margin: pick([0.3, 1, 1, 2]),
    },
    lambda_form: pick(['direct', 'delta'] as const),
    rounding: { loop: pick(ROUNDINGS), requantize: pick(ROUNDINGS) },
    scales: {
      kind: pick(['real', 'power_of_two']),
      weights: pick(['per_tensor', 'per_channel']),
      balanced_states: chance(0.7),
      multiplier_bits: between(4, 24),
    },
    device: pick(['xc7a35t', 'ecp5-25f', 'ice40up5k']),
  } as const;
  const config = { ...common, ...(index % 2 === 0 ? corePart(draw) : networkPart(draw, length)) };
  return {
    config,
    stimulus: {
      seed: between(0, 2 ** 31),
      // No longer than the design was told.
      lengths: Array.from({ length: between(1, 4) }, () => between(1, Math.min(8, length))),
      content: pick(['data', 'full_scale']),
      stalls: pick(STALLS),
      resets: chance(0.4) ? between(1, 2) : 0,
    },
  };
}

type Part = Pick<FuzzConfig, 'model' | 'scope' | 'precision' | 'folding'> & Partial<FuzzConfig>;

function weights({ between, pick, chance }: Draw) {
  return {
    seed: between(0, 2 ** 31),
    norm: pick(['batch', 'layer']),
    prenorm: chance(0.7),
    discretization: pick(['zoh', 'bilinear']),
    dt_min: pick([0.0005, 0.001, 0.01]),
    dt_max: pick([0.02, 0.1, 0.5]),
  };
}

function corePart(draw: Draw): Part {
  const { between, divisor } = draw;
  const features = between(1, LARGEST_CORE);
  const states = between(1, LARGEST_CORE);
  return {
    model: {
      init: {
        ...weights(draw),
        ...{ layers: 1, features, state_size: states, inputs: between(1, 3), outputs: 1 },
        activation: 'gelu',
      },
    },
    scope: { ssm_core: 0 },
    precision: Object.fromEntries(PRECISIONS.map((key) => [key, between(2, 24)])),
    folding: {
      input: { lanes: divisor(features) },
      b: { pe: divisor(2 * states), simd: divisor(features) },
      recurrence: recurrenceFolding(draw, states),
      c: { pe: divisor(features), simd: divisor(2 * states) },
      output: { lanes: divisor(features) },
    },
  };
}

function recurrenceFolding(
  { pick, divisor }: Draw,
  states: number,
): Lanes & { readonly multipliers: number } {
  const lanes = divisor(states);
  const multipliers = pick([1, 3, 4]);
  return { lanes: multipliers === 1 ? 1 : lanes, multipliers };
}

function networkPart(draw: Draw, length: number): Part {
  const { between, pick, chance, divisor } = draw;
  const features = between(1, LARGEST_LAYER);
  const states = between(1, LARGEST_LAYER);
  const [inputs, outputs] = [between(1, 5), between(1, 5)];
  const bidirectional = chance(0.35);
  const oneHot = chance(0.25);
  const read = bidirectional ? 4 * states : 2 * states;
  const init = {
    ...weights(draw),
    ...{ layers: between(1, MOST_LAYERS), features, state_size: states, inputs, outputs },
    activation: pick(['gelu', 'full_glu', 'half_glu1', 'half_glu2']),
    norm_bias: true,
    bidirectional,
    pooling: bidirectional ? pick(['mean', 'last']) : pick(['mean', 'last', 'none']),
  };
  if (init.norm === 'layer') init.norm_bias = chance(0.5);
  const folding: FuzzFolding = {
    input: { lanes: oneHot ? 1 : divisor(inputs) },
    encoder: { pe: divisor(features), simd: oneHot ? 1 : divisor(inputs) },
    b: { pe: divisor(2 * states), simd: divisor(features) },
    recurrence: recurrenceFolding(draw, states),
    c: { pe: divisor(features), simd: divisor(read) },
    gate: { pe: divisor(features), simd: divisor(features) },
    decoder: { pe: divisor(outputs), simd: divisor(features) },
    output: { lanes: divisor(outputs) },
  };
  return {
    model: { init },
    scope: 'network',
    ...(oneHot ? { input: 'one_hot' } : {}),
    ...(chance(0.5) ? { max_length: length + between(0, 9) } : {}),
    functions: { gelu: pick(['exact', 'q_gelu']), sigmoid: pick(['exact', 'hard']) },
    precision: {
      ...Object.fromEntries(PRECISIONS.map((key) => [key, between(2, 18)])),
      // It addresses tables.
      non_ssm_act: between(2, 10),
    },
    ...(chance(0.5)
      ? { folding }
      : {
          folding: {},
          target: { interval: pick([24, 40, 70, 150]) },
          sharing: pick(['never', 'always']),
        }),
  };
}

/** The config of a case as a file. */
export function configText(fuzzCase: FuzzCase): string {
  return stringify(fuzzCase.config);
}
