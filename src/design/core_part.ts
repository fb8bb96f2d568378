import { layerSettings } from '../config/layer.js';
import type { Config } from '../config/schema.js';
import type { Dataset } from '../float/dataset/dataset.js';
import { Qs5Error } from '../base/errors.js';
import { calibrateCore } from '../network/quantize/calibrate.js';
import { quantizeCore } from '../network/quantize/core.js';
import { floatCoreOf } from '../network/quantize/layer.js';
import type { CoreSettings } from '../network/quantize/settings.js';
import type { PreparedModel } from '../float/s5/prepare.js';
import { coreInput } from './model_input.js';
import { partOf, type Part, type PartRequest } from './part.js';
import { checkProofs } from './proofs.js';
import { calibrationSettings, poleChoice, proofSettings, scaleSettings } from './settings.js';
import { weightFit } from './weight_fit.js';

/**
 * The SSM core of one layer.
 *
 * @param maxLength longest sequence, steps.
 * @throws E_CONFIG_COMBINATION for a bidirectional layer.
 */
export function corePart(
  config: Config,
  layer: number,
  model: PreparedModel,
  data: Dataset,
  maxLength: number,
  { stored, watch }: PartRequest = {},
): Part {
  if (model.shape.bidirectional) {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['scope'],
      message: 'The layer is bidirectional: a core alone has no place for a whole sequence.',
      hint: 'use scope: network.',
    });
  }
  const input = coreInput(model, layer);
  if (stored !== undefined) return partOf(stored, input);
  const ranges = calibrateCore(model, layer, data, calibrationSettings(config, watch));
  const parameters = model.layers[layer];
  if (parameters === undefined) throw new Error(`no layer ${layer}`);
  const { norm, ...core } = floatCoreOf(model, parameters, layer);
  const folded = norm?.kind === 'batch' ? { norm } : {};
  const { precision, lambda_form: lambdaForm, rounding } = layerSettings(config, layer);
  const settings: CoreSettings = {
    name: config.name,
    poles: poleChoice(config, maxLength),
    proof: proofSettings(config, maxLength),
    precision,
    lambdaForm,
    rounding,
    scales: scaleSettings(config),
  };
  const fit = weightFit(config, model, data, input, watch);
  const quantized = quantizeCore({ ...core, ...folded }, ranges, settings, fit);
  return partOf(checkProofs(quantized, settings.proof), input);
}
