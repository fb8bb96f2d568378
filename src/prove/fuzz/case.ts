import { stringify } from 'yaml';
import { drawFrom, seedOf } from '../../base/draw.js';
import { randomStream } from '../../base/random.js';
import type { Stalls } from '../simulate/patterns.js';
import { drawFolding } from './draw_folding.js';
import { drawCore, drawNetwork } from './draw_model.js';
import { drawStimulus, type CONTENTS, type LAST_FAULTS } from './draw_stimulus.js';
import { drawWords } from './draw_words.js';
import { PIXEL_FILES, type Pixels } from './pixels.js';
import { provableTensors } from './provable.js';

type Lanes = { readonly lanes: number };
type PeSimd = { readonly pe: number; readonly simd: number };
type Auto = 'auto';

/** Folding of each engine of a case; `auto` by default. */
export interface FuzzFolding {
  readonly input?: Lanes | Auto;
  readonly encoder?: PeSimd | Auto;
  readonly b?: PeSimd | Auto;
  readonly recurrence?: (Lanes & { readonly multipliers: number }) | Auto;
  readonly c?: PeSimd | Auto;
  readonly gate?: PeSimd | Auto;
  readonly decoder?: PeSimd | Auto;
  readonly output?: Lanes | Auto;
}

export type FuzzTarget =
  | { readonly interval: number }
  | { readonly steps_per_second: number; readonly clock_mhz: number }
  | { readonly multipliers: number }
  | { readonly device: string };

/** Differences of a layer. */
export interface LayerOverride {
  readonly layer: number;
  readonly precision?: Readonly<Record<string, number>>;
  readonly lambda_form?: string;
  readonly rounding?: { readonly loop?: string; readonly requantize?: string };
}

/** A config as in YAML, before defaults. */
export interface FuzzConfig {
  readonly name: string;
  readonly model: { readonly init: Readonly<Record<string, string | number | boolean>> };
  readonly scope: 'network' | { readonly ssm_core: number };
  readonly input?: 'values' | 'one_hot';
  readonly max_length?: number;
  readonly functions?: { readonly gelu?: string; readonly sigmoid?: string };
  readonly data:
    | { readonly synthetic: { readonly seed: number; readonly length: number } }
    | { readonly idx: typeof PIXEL_FILES };
  readonly calibration: {
    readonly sequences: number;
    readonly method: string;
    readonly percentile?: number;
    readonly weights: string;
    readonly bias_correction: boolean;
    readonly proved?: readonly string[];
    readonly margin: number;
  };
  readonly precision: Readonly<Record<string, number>>;
  readonly lambda_form: string;
  readonly poles?: string;
  readonly rounding: { readonly loop: string; readonly requantize: string };
  readonly scales: Readonly<Record<string, string | number | boolean>>;
  readonly layers?: readonly LayerOverride[];
  readonly folding: FuzzFolding | Auto;
  readonly target?: FuzzTarget;
  readonly sharing?: string;
  readonly device: string;
}

/** A reset in mid-stream: its start, and the number of cycles with aresetn low. */
export type FuzzReset = { readonly cycles: number } & (
  | { readonly place: number } // share of the cycles of the run without resets
  | { readonly cycle: number }
  | { readonly gap: number } // cycles after the end of the reset before
);

/**
 * A wrong tlast: `missing` at the end of a sequence, `early` at an earlier step, `within` a vector,
 * `late` by one beat. `place` is the relative position among all candidates.
 */
export interface LastFault {
  readonly kind: (typeof LAST_FAULTS)[number];
  readonly place: number;
}

/** Stimulus of a design. */
export interface FuzzStimulus {
  readonly seed: number;
  /** Steps of each sequence, also above `max_length`. */
  readonly lengths: readonly number[];
  /** Words of the test data, any words of the pins, or only the largest. */
  readonly content: (typeof CONTENTS)[number];
  readonly stalls: Stalls;
  /** Cycles with aresetn low at the beginning. */
  readonly first_reset: number;
  readonly resets: readonly FuzzReset[];
  readonly last_faults: readonly LastFault[];
}

/** A random design and its stimulus. */
export interface FuzzCase {
  readonly config: FuzzConfig;
  /** Images of `data.idx` in the config. */
  readonly pixels?: Pixels;
  readonly stimulus: FuzzStimulus;
}

/** Lengths of vectors; foldings divide them. */
export interface Sizes {
  readonly features: number;
  readonly states: number;
  /** Columns of C. */
  readonly read: number;
  /** Words of a step at either edge. */
  readonly inputs: number;
  readonly outputs: number;
  readonly layers: number;
}

/** Kind of a case; refusals are counted by kind. */
export const FUZZ_KINDS = ['core', 'network', 'bidirectional'] as const;
export type FuzzKind = (typeof FUZZ_KINDS)[number];

export function kindOf({ config }: FuzzCase): FuzzKind {
  if (config.scope !== 'network') return 'core';
  return config.model.init['bidirectional'] === true ? 'bidirectional' : 'network';
}

/** Names of several forms, none of them a module of the library. */
const NAMES = ['fuzz', 'f', 'fuzz-2', 'f_u-z2z_', `fuzz${'-1234567'.repeat(7)}`];
/** Sizes of vectors that cost a simulator seconds per step. */
const LARGE = 30;

/**
 * Case number `index` of a seed: alternately a whole network of 1 to 3 layers and an SSM core. Any
 * value of every key of the config, except those in `never_drawn.ts`.
 */
export function randomCase(seed: number, index: number): FuzzCase {
  const draw = drawFrom(randomStream(seedOf(seed, index)));
  const { between, chance, pick } = draw;
  const isNetwork = index % 2 !== 0;
  const {
    init,
    sizes,
    pixels: fromPixels,
    ...model
  } = isNetwork ? drawNetwork(draw) : drawCore(draw);
  const dataSeed = between(0, 2 ** 31);
  const pixels: Pixels = { seed: dataSeed, rows: between(1, 4), columns: between(1, 6) };
  const anyLength = chance(0.3) ? between(1, 4) : between(4, 24);
  const length = fromPixels ? pixels.rows * pixels.columns : anyLength;
  const maxLength = chance(0.5) ? { max_length: length + between(0, 9) } : {};
  const config: FuzzConfig = {
    name: chance(0.7) ? 'fuzz' : pick(NAMES),
    model: { init },
    ...model,
    ...maxLength,
    data: fromPixels ? { idx: PIXEL_FILES } : { synthetic: { seed: dataSeed, length } },
    ...drawWords(draw, sizes.layers, isNetwork, provableTensors(model.scope, init)),
    ...drawFolding(draw, sizes, isNetwork),
  };
  const large = Math.max(sizes.features, sizes.states) > LARGE;
  return {
    config,
    ...(fromPixels ? { pixels } : {}),
    stimulus: drawStimulus(draw, maxLength.max_length ?? length, large),
  };
}

/** The config of a case as a file. */
export function configText(fuzzCase: FuzzCase): string {
  return stringify(fuzzCase.config);
}
