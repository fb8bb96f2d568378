import type {
  LayerSettings,
  Precision,
  QuantizeSettings,
} from '../../src/network/quantize/settings.js';

export const PRECISION: Precision = {
  ...{ a: 12, b: 12, c: 12, d: 12, non_ssm: 12, ssm_act: 12 },
  ...{ non_ssm_act: 12, state: 20, residual: 16 },
};

export const LAYER: LayerSettings = {
  precision: PRECISION,
  lambdaForm: 'delta',
  rounding: { loop: 'toward_zero', requantize: 'half_even' },
};

/** Settings of a quantiser of a core: 12 bits nearly everywhere. */
export const SETTINGS: QuantizeSettings = {
  name: 'core',
  at: () => LAYER,
  proof: { tensors: new Set(), length: 784, margin: 1 },
  poles: { kind: 'nearest' },
  scales: {
    ...{ kind: 'real', perChannel: true, weightRange: 'abs_max' },
    ...{ balancedStates: true, multiplierBits: 16 },
  },
  input: { kind: 'values', width: 16, scale: 2 ** -15, unsigned: false },
  maxLength: 784,
};
