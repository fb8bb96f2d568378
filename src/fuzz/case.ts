import { stringify } from 'yaml';
import type { RandomStream } from '../random.js';
import { randomStream } from '../random.js';
import { STALLS, type Stalls } from '../simulate/patterns.js';

/** A config as YAML would have it, before defaults. */
export interface FuzzConfig {
  readonly name: string;
  readonly model: { readonly init: Readonly<Record<string, string | number | boolean>> };
  readonly scope: { readonly ssm_core: number };
  readonly data: { readonly synthetic: { readonly seed: number; readonly length: number } };
  readonly calibration: {
    readonly sequences: number;
    readonly method: 'abs_max';
    readonly margin: number;
  };
  readonly precision: Readonly<Record<string, number>>;
  readonly lambda_form: 'direct' | 'delta';
  readonly rounding: { readonly loop: string; readonly requantize: string };
  readonly scales: Readonly<Record<string, string | number | boolean>>;
  readonly folding: {
    readonly input: { readonly lanes: number };
    readonly b: { readonly pe: number; readonly simd: number };
    readonly recurrence: { readonly lanes: number; readonly multipliers: number };
    readonly c: { readonly pe: number; readonly simd: number };
    readonly output: { readonly lanes: number };
  };
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
const LARGEST = 24;

/** Case number `index` of a seed: sizes 1 to 24, widths 2 to 24, any folding that divides. */
export function randomCase(seed: number, index: number): FuzzCase {
  const random = randomStream((Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) | 0);
  const pick = <T>(values: readonly T[]): T => pickFrom(random, values);
  const between = (lo: number, hi: number) => lo + Math.floor(random.uniform() * (hi - lo + 1));
  const chance = (share: number) => random.uniform() < share;

  const features = between(1, LARGEST);
  const states = between(1, LARGEST);
  const divisor = (n: number) => pick(divisors(n));
  const config: FuzzConfig = {
    name: 'fuzz',
    model: {
      init: {
        seed: between(0, 2 ** 31),
        layers: 1,
        features,
        state_size: states,
        inputs: between(1, 3),
        outputs: 1,
        activation: 'gelu',
        norm: pick(['batch', 'layer']),
        prenorm: chance(0.7),
        discretization: pick(['zoh', 'bilinear']),
        dt_min: pick([0.0005, 0.001, 0.01]),
        dt_max: pick([0.02, 0.1, 0.5]),
      },
    },
    scope: { ssm_core: 0 },
    data: { synthetic: { seed: between(0, 2 ** 31), length: between(4, 24) } },
    calibration: { sequences: between(1, 3), method: 'abs_max', margin: pick([0.3, 1, 1, 2]) },
    precision: Object.fromEntries(PRECISIONS.map((key) => [key, between(2, 24)])),
    lambda_form: pick(['direct', 'delta']),
    rounding: { loop: pick(ROUNDINGS), requantize: pick(ROUNDINGS) },
    scales: {
      kind: pick(['real', 'power_of_two']),
      weights: pick(['per_tensor', 'per_channel']),
      balanced_states: chance(0.7),
      multiplier_bits: between(4, 24),
    },
    folding: {
      input: { lanes: divisor(features) },
      b: { pe: divisor(2 * states), simd: divisor(features) },
      recurrence: { lanes: divisor(states), multipliers: pick([3, 4]) },
      c: { pe: divisor(features), simd: divisor(2 * states) },
      output: { lanes: divisor(features) },
    },
    device: pick(['xc7a35t', 'ecp5-25f', 'ice40up5k']),
  };
  return {
    config,
    stimulus: {
      seed: between(0, 2 ** 31),
      lengths: Array.from({ length: between(1, 4) }, () => between(1, 8)),
      content: pick(['data', 'full_scale']),
      stalls: pick(STALLS),
      resets: chance(0.4) ? between(1, 2) : 0,
    },
  };
}

/** The config of a case as a file. */
export function configText(fuzzCase: FuzzCase): string {
  return stringify(fuzzCase.config);
}

export function divisors(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
}

function pickFrom<T>(random: RandomStream, values: readonly T[]): T {
  const value = values[Math.floor(random.uniform() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}
