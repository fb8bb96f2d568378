import type { Rounding } from '../../base/fixed/rounding.js';
import type { ProofSettings } from './real_bounds.js';
import type { ScaleKind } from './scales.js';

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

/** Word lengths that the SSM core needs, bits; names as in Q-S5. */
export interface CorePrecision {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly ssm_act: number;
  readonly non_ssm_act: number;
  readonly state: number;
  readonly residual: number;
}

/** How Lambda-bar is chosen among the poles that its word length has. */
export type PoleChoice =
  /** The nearest one. */
  | { readonly kind: 'nearest' }
  /** The one whose impulse response over `length` steps is nearest but for a factor that B takes. */
  | { readonly kind: 'impulse'; readonly length: number };

export interface CoreSettings {
  readonly name: string;
  readonly poles: PoleChoice;
  readonly precision: CorePrecision;
  readonly lambdaForm: 'direct' | 'delta';
  readonly rounding: { readonly loop: Rounding; readonly requantize: Rounding };
  readonly scales: ScaleSettings;
  readonly proof: ProofSettings;
}

/** Settings that differ from layer to layer. */
export interface LayerSettings {
  readonly precision: CorePrecision & { readonly non_ssm: number };
  readonly lambdaForm: CoreSettings['lambdaForm'];
  readonly rounding: CoreSettings['rounding'];
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

export interface NetworkSettings {
  readonly name: string;
  /** Per layer, in order. */
  readonly layers: readonly LayerSettings[];
  /** Word lengths outside the layers. */
  readonly encoder: number;
  readonly decoder: number;
  readonly residual: number;
  readonly rounding: CoreSettings['rounding'];
  readonly scales: ScaleSettings;
  readonly input: InputSettings;
  readonly poles: PoleChoice;
  readonly proof: ProofSettings;
  /** Longest sequence, steps. */
  readonly maxLength: number;
}
