import { stringify } from 'yaml';
import { drawFrom, seedOf } from '../draw.js';
import { randomStream } from '../random.js';
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

/** How each engine of a case is folded; `auto` where it is not said. */
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

/** What differs in a layer. */
export interface LayerOverride {
  readonly layer: number;
  readonly precision?: Readonly<Record<string, number>>;
  readonly lambda_form?: string;
  readonly rounding?: { readonly loop?: string; readonly requantize?: string };
}

/** A config as YAML would have it, before defaults. */
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

/** A reset in mid-stream: where it begins, and for how many cycles aresetn is low. */
export type FuzzReset = { readonly cycles: number } & (
  | { readonly place: number } // share of the cycles that the run takes without resets
  | { readonly cycle: number }
  | { readonly gap: number } // cycles after the end of the reset before
);

/**
 * A wrong tlast: `missing` at the end of a sequence, `early` with a step that is none, `within` a
 * vector, `late` by one beat. `place` is the share of such places before it.
 */
export interface LastFault {
  readonly kind: (typeof LAST_FAULTS)[number];
  readonly place: number;
}

/** What is done to a design. */
export interface FuzzStimulus {
  readonly seed: number;
  /** Steps of each sequence; more than `max_length` too. */
  readonly lengths: readonly number[];
  /** Words of the test data, any words that the pins can carry, or the largest ones only. */
  readonly content: (typeof CONTENTS)[number];
  readonly stalls: Stalls;
  /** Cycles for which aresetn is low at the beginning. */
  readonly first_reset: number;
  readonly resets: readonly FuzzReset[];
  readonly last_faults: readonly LastFault[];
}

/** A random design and its stimulus. */
export interface FuzzCase {
  readonly config: FuzzConfig;
  /** The images that `data.idx` of the config names. */
  readonly pixels?: Pixels;
  readonly stimulus: FuzzStimulus;
}

/** Lengths of vectors, for foldings that divide them. */
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

/** What a case is about; refusals are counted by it. */
export const FUZZ_KINDS = ['core', 'network', 'bidirectional'] as const;
export type FuzzKind = (typeof FUZZ_KINDS)[number];

export function kindOf({ config }: FuzzCase): FuzzKind {
  if (config.scope !== 'network') return 'core';
  return config.model.init['bidirectional'] === true ? 'bidirectional' : 'network';
}

/** Names of every form; none that the library has. */
const NAMES = ['fuzz', 'f', 'fuzz-2', 'f_u-z2z_', `fuzz${'-1234567'.repeat(7)}`];
/** Vectors of which a simulator takes seconds per step. */
const LARGE = 30;

/**
 * Case number `index` of a seed: every other one a whole network of 1 to 3 layers, the others SSM
 * cores; any value of every key of the config but those of `never_drawn.ts`.
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
