import type { Rounding } from '../../base/fixed/rounding.js';
import type { ProofSettings } from './real_bounds.js';
import type { ScaleKind } from './scales.js';
import type { LambdaBar } from '../types.js';

/** How real scales become integers. */
export interface ScaleSettings {
  readonly kind: ScaleKind;
  /** One weight scale per row, or one per tensor. */
  readonly perChannel: boolean;
  /** Range of a weight scale: the largest weight, or the limit with the least squared error. */
  readonly weightRange: 'abs_max' | 'mse';
  /** A power-of-two scale per state. */
  readonly balancedStates: boolean;
  /** Bits of a requantising multiplier. */
  readonly multiplierBits: number;
}

/** Word lengths, bits; names as in Q-S5. */
export interface Precision {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly ssm_act: number;
  readonly non_ssm_act: number;
  readonly state: number;
  readonly residual: number;
  /** Encoder, decoder and the maps of the GLU. */
  readonly non_ssm: number;
}

/** How Lambda-bar is chosen among the poles that its word length has. */
export type PoleChoice =
  /** The nearest one. */
  | { readonly kind: 'nearest' }
  /** The one whose impulse response over `length` steps is nearest but for a factor that B takes. */
  | { readonly kind: 'impulse'; readonly length: number };

/** Settings that differ from layer to layer. */
export interface LayerSettings {
  readonly precision: Precision;
  readonly lambdaForm: LambdaBar['form'];
  readonly rounding: { readonly loop: Rounding; readonly requantize: Rounding };
}

/** Format of what enters the network: words, or the index of the input that is one. */
export type InputSettings =
  | {
      readonly kind: 'values';
      readonly width: number;
      readonly scale: number;
      readonly unsigned: boolean;
    }
  | { readonly kind: 'one_hot' };

export interface QuantizeSettings {
  readonly name: string;
  /** Settings of a layer; undefined: those outside the layers, and those of a core alone. */
  readonly at: (layer: number | undefined) => LayerSettings;
  readonly scales: ScaleSettings;
  readonly input: InputSettings;
  readonly poles: PoleChoice;
  readonly proof: ProofSettings;
  /** Longest sequence, steps. */
  readonly maxLength: number;
}
