import { layerSettings } from '../config/layer.js';
import type { Config } from '../config/schema.js';
import type { Dataset } from '../float/dataset/dataset.js';
import { Qs5Error } from '../base/errors.js';
import { calibrateNetwork } from '../network/quantize/calibrate_network.js';
import { quantizeNetwork } from '../network/quantize/network.js';
import type { NetworkSettings } from '../network/quantize/settings.js';
import type { PreparedModel } from '../float/s5/prepare.js';
import { networkInput } from './model_input.js';
import { partOf, type Part, type PartRequest } from './part.js';
import { checkProofs } from './proofs.js';
import {
  calibrationSettings,
  inputSettings,
  poleChoice,
  proofSettings,
  scaleSettings,
} from './settings.js';
import { weightFit } from './weight_fit.js';

/**
 * The whole network.
 *
 * @param maxLength longest sequence, steps.
 * @throws E_CONFIG_COMBINATION when an output is wanted every step of a bidirectional model.
 */
export function networkPart(
  config: Config,
  model: PreparedModel,
  data: Dataset,
  maxLength: number,
  { stored, watch }: PartRequest = {},
): Part {
  const { shape } = model;
  if (shape.bidirectional && shape.pooling === 'none') {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['scope'],
      message:
        'The model is bidirectional and gives an output every step, but its backward scan starts at the end of a sequence.',
      hint: 'streaming an output every step needs a model with bidirectional: false, or pooling: mean or last.',
    });
  }
  const input = networkInput(config, shape);
  if (stored !== undefined) return partOf(stored, input);
  const ranges = calibrateNetwork(model, data, calibrationSettings(config, watch));
  const settings: NetworkSettings = {
    name: config.name,
    poles: poleChoice(config, maxLength),
    proof: proofSettings(config, maxLength),
    layers: model.layers.map((_, n) => {
      const { precision, lambda_form: lambdaForm, rounding } = layerSettings(config, n);
      return { precision, lambdaForm, rounding };
    }),
    encoder: config.precision.non_ssm,
    decoder: config.precision.non_ssm,
    residual: config.precision.residual,
    rounding: config.rounding,
    scales: scaleSettings(config),
    input: inputSettings(config, ranges.input),
    maxLength,
  };
  const fit = weightFit(config, model, data, input, watch);
  const quantized = quantizeNetwork(model, ranges, settings, fit);
  return partOf(checkProofs(quantized, settings.proof), input);
}
