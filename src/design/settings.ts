import { layerSettings } from '../config/layer.js';
import type { Config } from '../config/schema.js';
import type { CalibrationSettings } from '../network/quantize/calibrate.js';
import type { ProofSettings } from '../network/quantize/real_bounds.js';
import { activationScale } from '../network/quantize/scales.js';
import type {
  InputSettings,
  LayerSettings,
  PoleChoice,
  ScaleSettings,
} from '../network/quantize/settings.js';
import type { Watch } from '../network/quantize/watch.js';

/* The keys of a config as quantize/ takes them. */

export function scaleSettings({ scales }: Config): ScaleSettings {
  return {
    kind: scales.kind,
    perChannel: scales.weights === 'per_channel',
    weightRange: scales.weight_range,
    balancedStates: scales.balanced_states,
    multiplierBits: scales.multiplier_bits,
  };
}

export function calibrationSettings(
  { calibration }: Config,
  watch: Watch | undefined,
): CalibrationSettings {
  const { margin, method, percentile } = calibration;
  return {
    margin,
    watch,
    method: method === 'percentile' ? { kind: method, percentile } : { kind: method },
  };
}

/** @param layer undefined: outside the layers. */
export function quantizerSettings(config: Config, layer: number | undefined): LayerSettings {
  const settings = layer === undefined ? config : layerSettings(config, layer);
  const { precision, lambda_form: lambdaForm, rounding } = settings;
  return { precision, lambdaForm, rounding };
}

/** @param length steps of the longest sequence. */
export function poleChoice({ poles }: Config, length: number): PoleChoice {
  return poles === 'impulse' ? { kind: poles, length } : { kind: poles };
}

/** @param length steps of the longest sequence. */
export function proofSettings({ calibration }: Config, length: number): ProofSettings {
  const { proved, margin } = calibration;
  return { tensors: new Set(proved), length, margin };
}

/** A pixel: 0..255 as an unsigned word, exact. */
const PIXEL: InputSettings = { kind: 'values', width: 9, scale: 1 / 255, unsigned: true };

/** @param range largest magnitude of the input values. */
export function inputSettings(config: Config, range: number): InputSettings {
  if (config.input === 'one_hot') return { kind: 'one_hot' };
  if ((config.data.idx ?? config.data.mnist) !== undefined) return PIXEL;
  const width = config.precision.residual;
  const scale = activationScale(range, width, config.scales.kind);
  return { kind: 'values', width, scale, unsigned: false };
}
