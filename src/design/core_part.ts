import { at } from '../base/at.js';
import { Qs5Error } from '../base/errors.js';
import type { Config } from '../config/schema.js';
import type { Dataset } from '../float/dataset/dataset.js';
import type { PreparedModel } from '../float/s5/prepare.js';
import { floatCoreOf } from '../network/graph/network.js';
import { coreGraph } from '../network/graph/ssm.js';
import { activationScale } from '../network/quantize/scales.js';
import { coreInput } from './model_input.js';
import { quantizedPart, type FloatPart, type Part, type PartRequest } from './part.js';
import { poleChoice, proofSettings, quantizerSettings, scaleSettings } from './settings.js';

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
  request: PartRequest = {},
): Part {
  if (model.shape.bidirectional) {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['scope'],
      message: 'The layer is bidirectional: a core alone has no place for a whole sequence.',
      hint: 'use scope: network.',
    });
  }
  const parameters = at(model.layers, layer);
  const { norm, ...core } = floatCoreOf(model, parameters);
  const settings = quantizerSettings(config, layer);
  const scales = scaleSettings(config);
  const width = settings.precision.residual;
  const part: FloatPart = {
    // Layer norm stays outside.
    graph: coreGraph({ ...core, norm: norm?.kind === 'batch' ? norm : undefined }),
    input: coreInput(model, layer),
    settings: (ranges) => ({
      name: config.name,
      poles: poleChoice(config, maxLength),
      proof: proofSettings(config, maxLength),
      at: () => settings,
      scales,
      input: {
        kind: 'values',
        width,
        scale: activationScale(ranges.absMax(['input']), width, scales.kind),
        unsigned: false,
      },
      maxLength,
    }),
  };
  return quantizedPart(config, part, data, maxLength, request);
}
