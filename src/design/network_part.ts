import type { Config } from '../config/schema.js';
import type { Dataset } from '../float/dataset/dataset.js';
import { Qs5Error } from '../base/errors.js';
import { networkGraph } from '../network/graph/network.js';
import type { PreparedModel } from '../float/s5/prepare.js';
import { networkInput } from './model_input.js';
import { quantizedPart, type FloatPart, type Part, type PartRequest } from './part.js';
import {
  inputSettings,
  poleChoice,
  proofSettings,
  quantizerSettings,
  scaleSettings,
} from './settings.js';

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
  request: PartRequest = {},
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
  return quantizedPart(config, floatNetwork(config, model, maxLength), data, maxLength, request);
}

/** The whole network before calibration. */
export function floatNetwork(config: Config, model: PreparedModel, maxLength: number): FloatPart {
  return {
    graph: networkGraph(model, config.input === 'one_hot'),
    input: networkInput(config, model.shape),
    settings: (ranges) => ({
      name: config.name,
      poles: poleChoice(config, maxLength),
      proof: proofSettings(config, maxLength),
      at: (layer) => quantizerSettings(config, layer),
      scales: scaleSettings(config),
      input: inputSettings(config, ranges.absMax(['input'])),
      maxLength,
    }),
  };
}
