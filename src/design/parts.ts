import { layerSettings } from '../config/layer.js';
import type { Config } from '../config/schema.js';
import { Qs5Error } from '../errors.js';
import type { Dataset } from '../dataset/dataset.js';
import { indicesOf } from '../dataset/one_hot.js';
import { inputNode, type IntegerNetwork } from '../network/types.js';
import { calibrateCore } from '../quantize/calibrate.js';
import { calibrateNetwork } from '../quantize/calibrate_network.js';
import { quantizeCore } from '../quantize/core.js';
import { floatCoreOf } from '../quantize/layer.js';
import { quantizeNetwork } from '../quantize/network.js';
import { activationScale, quantizeValue } from '../quantize/scales.js';
import type { InputSettings, ScaleSettings } from '../quantize/settings.js';
import { observeUntilSsm } from '../s5/forward.js';
import type { PreparedModel } from '../s5/prepare.js';

/** What becomes hardware, and its input words for a test sequence of some length. */
export interface Part {
  readonly network: IntegerNetwork;
  readonly words: (sequence: Float64Array, length: number) => Float64Array[];
}

function scalesOf({ scales }: Config): ScaleSettings {
  return {
    kind: scales.kind,
    perChannel: scales.weights === 'per_channel',
    balancedStates: scales.balanced_states,
    multiplierBits: scales.multiplier_bits,
  };
}

/**
 * The SSM core of one layer.
 *
 * @throws E_CONFIG_COMBINATION for a bidirectional layer.
 */
export function corePart(config: Config, layer: number, model: PreparedModel, data: Dataset): Part {
  if (model.shape.bidirectional) {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['scope'],
      message: 'The layer is bidirectional: a core alone has no place for a whole sequence.',
      hint: 'use scope: network.',
    });
  }
  const { sequences, margin } = config.calibration;
  const ranges = calibrateCore(model, layer, data, sequences, margin);
  const settings = layerSettings(config, layer);
  const parameters = model.layers[layer];
  if (parameters === undefined) throw new Error(`no layer ${layer}`);
  const { norm, ...core } = floatCoreOf(model, parameters);
  const folded = norm?.kind === 'batch' ? { norm } : {};
  const network = quantizeCore({ ...core, ...folded }, ranges, {
    name: config.name,
    precision: settings.precision,
    lambdaForm: settings.lambda_form,
    rounding: settings.rounding,
    scales: scalesOf(config),
  });
  return {
    network,
    words: (sequence, length) => coreInput(model, layer, sequence, length, network),
  };
}

/** Bits and scale of a pixel: 0..255 as an unsigned word, exact. */
const PIXEL = { kind: 'values', width: 9, scale: 1 / 255, unsigned: true } as const;

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
  const { sequences, margin } = config.calibration;
  const ranges = calibrateNetwork(model, data, sequences, margin);
  const width = config.precision.residual;
  const values: InputSettings = {
    kind: 'values',
    width,
    scale: activationScale(ranges.input, width, config.scales.kind),
    unsigned: false,
  };
  const network = quantizeNetwork(model, ranges, {
    name: config.name,
    layers: model.layers.map((_, n) => {
      const { precision, lambda_form: lambdaForm, rounding } = layerSettings(config, n);
      return { precision, lambdaForm, rounding };
    }),
    encoder: config.precision.non_ssm,
    decoder: config.precision.non_ssm,
    residual: width,
    rounding: config.rounding,
    scales: scalesOf(config),
    input:
      config.input === 'one_hot'
        ? { kind: 'one_hot' }
        : config.data.idx === undefined
          ? values
          : PIXEL,
    maxLength,
  });
  return {
    network,
    words: (sequence) =>
      config.input === 'one_hot'
        ? indicesOf(sequence, shape.inputs).map((index) => Float64Array.of(index))
        : quantizedSteps(sequence, shape.inputs, network),
  };
}

/** What enters the core of a layer in one sequence, as integers of its input format. */
function coreInput(
  model: PreparedModel,
  layer: number,
  sequence: Float64Array,
  length: number,
  network: IntegerNetwork,
): Float64Array[] {
  // With batch norm folded in, the residual stream enters; else what the norm yields.
  const { prenorm, norm } = model.shape;
  const wanted = prenorm && norm === 'layer' ? 'u' : 'layer_input';
  let steps: Float64Array[] = [];
  observeUntilSsm(model, sequence, length, layer, (at, tensor, data, width) => {
    if (at === layer && tensor === wanted) steps = quantizedSteps(data, width, network);
  });
  return steps;
}

/** Vectors of a sequence [L, width] as integers of the network's input format. */
function quantizedSteps(
  data: Float64Array,
  width: number,
  network: IntegerNetwork,
): Float64Array[] {
  const { format } = inputNode(network);
  const [scale = 1] = format.scale;
  return Array.from({ length: data.length / width }, (_, step) =>
    data
      .subarray(step * width, (step + 1) * width)
      .map((value) => quantizeValue(value, scale, format.width)),
  );
}
