import type { Config } from '../config/schema.js';
import type { Dataset } from '../float/dataset/dataset.js';
import { nearestFit, type WeightFit } from '../network/quantize/fit.js';
import { measuredFit } from '../network/quantize/measured_fit.js';
import type { Watch } from '../network/quantize/watch.js';
import type { PreparedModel } from '../float/s5/prepare.js';
import type { ModelInput } from './model_input.js';

/** The way from weights to integers. It runs the calibration data if the config requires it. */
export function weightFit(
  { calibration }: Config,
  model: PreparedModel,
  data: Dataset,
  { words }: ModelInput,
  watch: Watch | undefined,
): WeightFit {
  const { sequences, weights, bias_correction: biasCorrection } = calibration;
  if (weights === 'nearest' && !biasCorrection) return nearestFit;
  return measuredFit(model, data, (input, sequence) => words(input, sequence, data.length), {
    ...{ sequences, weights, biasCorrection, watch },
  });
}
