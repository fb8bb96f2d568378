import type { Config } from '../config/schema.js';
import { Qs5Error } from '../base/errors.js';
import type { Dataset } from '../float/dataset/dataset.js';
import { prepare } from '../float/s5/prepare.js';
import type { S5Model } from '../float/s5/model.js';
import { calibrate, type Ranges } from '../network/quantize/calibrate.js';
import { wordsOf } from '../network/quantize/input_words.js';
import type { QuantizeSettings } from '../network/quantize/settings.js';
import type { Watch } from '../network/quantize/watch.js';
import type { Node } from '../network/types.js';
import { floatNetwork } from './network_part.js';
import { calibrationSequences } from './part.js';
import { calibrationSettings } from './settings.js';

/** All that turns a model in training into integers. */
export interface TrainingIntegers {
  readonly ranges: Ranges;
  readonly settings: QuantizeSettings;
  /** Words of a sequence, [length, words of a step]. */
  readonly words: (input: Node, sequence: Float64Array, length: number) => Float64Array;
}

/**
 * Ranges of the model before training, which stay.
 *
 * @param steps length of the longest sequence.
 * @throws E_CONFIG_COMBINATION for a choice that training replaces.
 */
export function trainingIntegers(
  config: Config,
  model: S5Model,
  data: Dataset,
  steps: number,
  watch: Watch,
): TrainingIntegers {
  const { weights, bias_correction: corrected } = config.calibration;
  if (weights !== 'nearest' || corrected) {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['calibration', weights === 'nearest' ? 'bias_correction' : 'weights'],
      message: 'Training through integers rounds every weight to its nearest integer.',
      hint: 'omit weights and bias_correction: training does their work.',
    });
  }
  const { graph, input, settings } = floatNetwork(config, prepare(model), steps);
  const sequences = calibrationSequences(config, input, data);
  const ranges = calibrate(graph, sequences, calibrationSettings(config, watch));
  return {
    ranges,
    settings: settings(ranges),
    words: (node, sequence, length) => {
      const values = input.values(sequence, length);
      // An index is a word already.
      return config.input === 'one_hot' ? values : wordsOf(values, node.format);
    },
  };
}
