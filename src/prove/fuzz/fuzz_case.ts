/** A random design and its stimulus, as data. */
import type { Stalls } from '../simulate/patterns.js';
import type { PIXEL_FILES, Pixels } from './pixels.js';

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

export const LAST_FAULTS = ['missing', 'early', 'within', 'late'] as const;

/**
 * A wrong tlast: `missing` at the end of a sequence, `early` at an earlier step, `within` a vector,
 * `late` by one beat. `place` is the relative position among all candidates.
 */
export interface LastFault {
  readonly kind: (typeof LAST_FAULTS)[number];
  readonly place: number;
}

/** Words of the test data, any words of the pins, or only the largest. */
export const CONTENTS = ['data', 'full_scale', 'rails'] as const;

/** Stimulus of a design. */
export interface FuzzStimulus {
  readonly seed: number;
  /** Steps of each sequence, also above `max_length`. */
  readonly lengths: readonly number[];
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
