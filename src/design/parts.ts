import { layerSettings } from '../config/layer.js';
import type { Config } from '../config/schema.js';
import { Qs5Error } from '../errors.js';
import type { Dataset } from '../dataset/dataset.js';
import { indicesOf } from '../dataset/one_hot.js';
import { isProved } from '../network/proved.js';
import { inputNode, type IntegerNetwork, type Node } from '../network/types.js';
import type { Quantized } from '../quantize/builder.js';
import { calibrateCore, type CalibrationSettings } from '../quantize/calibrate.js';
import { calibrateNetwork } from '../quantize/calibrate_network.js';
import { quantizeCore } from '../quantize/core.js';
import { nearestFit, type WeightFit } from '../quantize/fit.js';
import { floatCoreOf } from '../quantize/layer.js';
import { measuredFit } from '../quantize/measured_fit.js';
import { quantizeNetwork } from '../quantize/network.js';
import type { ProofSettings, Provable } from '../quantize/real_bounds.js';
import {
  exactInput,
  inputClipping,
  inputWords,
  type InputClipping,
} from '../quantize/input_words.js';
import { activationScale } from '../quantize/scales.js';
import type {
  CoreSettings,
  InputSettings,
  NetworkSettings,
  PoleChoice,
  ScaleSettings,
} from '../quantize/settings.js';
import { observeUntilSsm } from '../s5/forward.js';
import type { Watch } from '../quantize/watch.js';
import type { PreparedModel } from '../s5/prepare.js';

/** What becomes hardware, and its input words for a test sequence of some length. */
export interface Part extends Quantized {
  readonly words: (sequence: Float64Array, length: number) => Float64Array[];
  /** The real values that those words stand for, [L, width]. */
  readonly values: (sequence: Float64Array, length: number) => Float64Array;
  /** What saturates on the way from values to words. */
  readonly clipping: (sequence: Float64Array, length: number) => InputClipping;
}

export interface PartRequest {
  /** A network that was quantised before, in place of one to be calibrated. */
  readonly stored?: IntegerNetwork | undefined;
  readonly watch?: Watch | undefined;
}

function scalesOf({ scales }: Config): ScaleSettings {
  return {
    kind: scales.kind,
    perChannel: scales.weights === 'per_channel',
    weightRange: scales.weight_range,
    balancedStates: scales.balanced_states,
    multiplierBits: scales.multiplier_bits,
  };
}

function calibrationOf({ calibration }: Config, watch: Watch | undefined): CalibrationSettings {
  const { sequences, margin, method, percentile } = calibration;
  return {
    sequences,
    margin,
    watch,
    method: method === 'percentile' ? { kind: method, percentile } : { kind: method },
  };
}

function polesOf({ poles }: Config, length: number): PoleChoice {
  return poles === 'impulse' ? { kind: poles, length } : { kind: poles };
}

function proofOf({ calibration }: Config, length: number): ProofSettings {
  const { proved, margin } = calibration;
  return { tensors: new Set(proved), length, margin };
}

/** Nodes of each tensor that may be proved. */
const PROVED_NODES: Readonly<Record<Provable, RegExp>> = {
  u: /^(l\d+_)?norm(_reversed)?$/,
  states: /^(l\d+_)?(bu|recurrence(_reversed)?)$/,
  y: /^(l\d+_)?y$/,
  gate: /_gate_out$/,
  value: /_value_out$/,
  output: /^decoder_out$/,
};

/**
 * What the config wants proved must be: the scales were chosen from real bounds, this is exact.
 *
 * @throws E_WIDTH
 */
function checkProofs(
  { network, ...rest }: Quantized,
  { tensors, length }: ProofSettings,
): Quantized {
  for (const tensor of tensors) {
    const nodes = network.nodes.filter(({ id }) => PROVED_NODES[tensor].test(id));
    const failing = nodes.find((node) => !isProved(network, node, length));
    if (failing === undefined) continue;
    throw new Qs5Error('E_WIDTH', {
      path: ['calibration', 'proved'],
      message: `${failing.id} cannot be proved: its integer weights reach beyond the bound of the real ones.`,
      hint: 'use calibration: { margin: 1.1 }, or leave it calibrated.',
    });
  }
  return { network, ...rest };
}

/** How weights become integers; runs the calibration data only where that is asked for. */
function fitOf(
  { calibration }: Config,
  model: PreparedModel,
  data: Dataset,
  words: (input: Node, sequence: Float64Array) => Float64Array[],
  watch: Watch | undefined,
): WeightFit {
  const { sequences, weights, bias_correction: biasCorrection } = calibration;
  if (weights === 'nearest' && !biasCorrection) return nearestFit;
  return measuredFit(model, data, words, { sequences, weights, biasCorrection, watch });
}

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
  const values = (sequence: Float64Array, length: number) =>
    coreInput(model, layer, sequence, length);
  const words = (input: Node, sequence: Float64Array, length: number) =>
    inputWords(values(sequence, length), input);
  const part = (quantized: Quantized): Part => ({
    ...quantized,
    words: (sequence, length) => words(inputNode(quantized.network), sequence, length),
    values,
    clipping: (sequence, length) =>
      inputClipping(values(sequence, length), inputNode(quantized.network)),
  });
  if (stored !== undefined) return part({ network: stored, ideals: new Map() });
  const ranges = calibrateCore(model, layer, data, calibrationOf(config, watch));
  const settings = layerSettings(config, layer);
  const parameters = model.layers[layer];
  if (parameters === undefined) throw new Error(`no layer ${layer}`);
  const { norm, ...core } = floatCoreOf(model, parameters, layer);
  const folded = norm?.kind === 'batch' ? { norm } : {};
  const coreSettings: CoreSettings = {
    name: config.name,
    poles: polesOf(config, maxLength),
    proof: proofOf(config, maxLength),
    precision: settings.precision,
    lambdaForm: settings.lambda_form,
    rounding: settings.rounding,
    scales: scalesOf(config),
  };
  const fit = fitOf(
    config,
    model,
    data,
    (input, sequence) => words(input, sequence, data.length),
    watch,
  );
  const quantized = quantizeCore({ ...core, ...folded }, ranges, coreSettings, fit);
  return part(checkProofs(quantized, coreSettings.proof));
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
  const words = (input: Node, sequence: Float64Array) =>
    config.input === 'one_hot'
      ? indicesOf(sequence, shape.inputs).map((index) => Float64Array.of(index))
      : inputWords(sequence, input);
  const part = (quantized: Quantized): Part => ({
    ...quantized,
    words: (sequence) => words(inputNode(quantized.network), sequence),
    values: (sequence) => sequence,
    clipping: (sequence) =>
      config.input === 'one_hot'
        ? exactInput(sequence.length / shape.inputs)
        : inputClipping(sequence, inputNode(quantized.network)),
  });
  if (stored !== undefined) return part({ network: stored, ideals: new Map() });
  const ranges = calibrateNetwork(model, data, calibrationOf(config, watch));
  const width = config.precision.residual;
  const values: InputSettings = {
    kind: 'values',
    width,
    scale: activationScale(ranges.input, width, config.scales.kind),
    unsigned: false,
  };
  const settings: NetworkSettings = {
    name: config.name,
    poles: polesOf(config, maxLength),
    proof: proofOf(config, maxLength),
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
  };
  const quantized = quantizeNetwork(
    model,
    ranges,
    settings,
    fitOf(config, model, data, words, watch),
  );
  return part(checkProofs(quantized, settings.proof));
}

/** What enters the core of a layer in one sequence, [L, width]. */
function coreInput(
  model: PreparedModel,
  layer: number,
  sequence: Float64Array,
  length: number,
): Float64Array {
  // With batch norm folded in, the residual stream enters; else what the norm yields.
  const { prenorm, norm } = model.shape;
  const wanted = prenorm && norm === 'layer' ? 'u' : 'layer_input';
  let found: Float64Array = new Float64Array();
  observeUntilSsm(model, sequence, length, layer, (at, tensor, data) => {
    if (at === layer && tensor === wanted) found = data;
  });
  return found;
}
