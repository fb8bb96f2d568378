import type { Rounding } from '../fixed/rounding.js';
import type { ScaleKind } from './scales.js';

/** How real scales become integers. */
export interface ScaleSettings {
  readonly kind: ScaleKind;
  /** One weight scale per row, or one per tensor. */
  readonly perChannel: boolean;
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

export interface CoreSettings {
  readonly name: string;
  readonly precision: CorePrecision;
  readonly lambdaForm: 'direct' | 'delta';
  readonly rounding: { readonly loop: Rounding; readonly requantize: Rounding };
  readonly scales: ScaleSettings;
}
