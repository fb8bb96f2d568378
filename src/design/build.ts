import { readdir } from 'node:fs/promises';
import { loadDevice } from '../config/device.js';
import { layerSettings } from '../config/layer.js';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { withLocations } from '../config/with_locations.js';
import type { Dataset } from '../dataset/dataset.js';
import { Qs5Error, type ConfigPath } from '../errors.js';
import type { IntegerNetwork } from '../network/types.js';
import { inputNode } from '../network/types.js';
import { buildPlan } from '../plan/build.js';
import { resolveFolding, targetCycles } from '../plan/fold.js';
import type { Plan } from '../plan/types.js';
import { calibrateCore } from '../quantize/calibrate.js';
import { calibrateNetwork } from '../quantize/calibrate_network.js';
import { quantizeCore } from '../quantize/core.js';
import { floatCoreOf } from '../quantize/layer.js';
import { quantizeNetwork } from '../quantize/network.js';
import { activationScale, quantizeValue } from '../quantize/scales.js';
import type { ScaleSettings } from '../quantize/settings.js';
import { observeUntilSsm } from '../s5/forward.js';
import { prepare, type PreparedModel } from '../s5/prepare.js';
import { loadDatasets, loadFloatModel } from './load_model.js';

/** A config carried through to hardware. */
export interface Design {
  readonly loaded: LoadedConfig;
  readonly network: IntegerNetwork;
  readonly plan: Plan;
  /** Number of test sequences. */
  readonly sequences: number;
  /** Test sequence `i` as the hardware receives it: integer vectors, one per step. */
  readonly words: (i: number) => Float64Array[];
}

/**
 * config -> float model -> calibrated integer network -> plan.
 * Errors that come from a value of the config carry its place in the file.
 */
export async function buildDesign(loaded: LoadedConfig): Promise<Design> {
  return withLocations(loaded, async () => {
    const { config } = loaded;
    await checkName(config);
    loadDevice(config.device);
    const model = await loadFloatModel(loaded);
    const { calibration, test } = await loadDatasets(loaded, model);
    const prepared = prepare(model);
    checkLayers(config, prepared);
    const { network, words } =
      config.scope === 'network'
        ? networkPart(config, prepared, calibration)
        : corePart(config, config.scope.ssm_core, prepared, calibration);
    const plan = buildPlan(network, resolveFolding(network, config.folding, config.target));
    checkTarget(config, plan);
    return {
      loaded,
      network,
      plan,
      sequences: test.count,
      words: (i) => words(test.sequence(i), test.length),
    };
  });
}

function checkTarget({ target }: Config, { interval, binding }: Plan): void {
  const wanted = targetCycles(target);
  if (wanted === undefined || interval <= wanted) return;
  throw new Qs5Error('E_FOLDING', {
    path: ['target'],
    message: `The target is a step every ${wanted} cycles; ${binding.block} takes ${interval} (${binding.limit}).`,
    hint: binding.limit.includes('update loop')
      ? `no folding is faster; use interval: ${interval}.`
      : `use interval: ${interval}, or fold ${binding.block} less.`,
  });
}

/** Module names that the library and the benches have taken. */
async function checkName({ name }: Config): Promise<void> {
  const taken = (await readdir(new URL('../../rtl', import.meta.url)))
    .filter((file) => file.endsWith('.v'))
    .map((file) => file.slice('qs5_'.length, -'.v'.length));
  if (![...taken, 'bench', 'clock'].includes(name.replaceAll('-', '_'))) return;
  throw new Qs5Error('E_CONFIG_VALUE', {
    path: ['name'],
    message: `qs5_${name.replaceAll('-', '_')} is a module of the library.`,
    hint: 'choose another name.',
  });
}

function checkLayers(config: Config, { shape }: PreparedModel): void {
  const check = (layer: number, path: ConfigPath) => {
    if (layer < shape.layers) return;
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path,
      message: `There is no layer ${layer}: the model has ${shape.layers}, counted from 0.`,
      hint: shape.layers === 1 ? 'use 0.' : `use 0 to ${shape.layers - 1}.`,
    });
  };
  if (config.scope !== 'network') check(config.scope.ssm_core, ['scope', 'ssm_core']);
  config.layers.forEach(({ layer }, i) => {
    check(layer, ['layers', i, 'layer']);
  });
  if (!shape.bidirectional) return;
  throw new Qs5Error('E_CONFIG_COMBINATION', {
    path: ['scope'],
    message: 'The model is bidirectional: its backward scan starts at the end of a sequence.',
    hint: 'streaming hardware needs a model with bidirectional: false.',
  });
}

/** What becomes hardware, and its input words for a test sequence of some length. */
interface Part {
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

function corePart(config: Config, layer: number, model: PreparedModel, data: Dataset): Part {
  const { sequences, margin } = config.calibration;
  const ranges = calibrateCore(model, layer, data, sequences, margin);
  const settings = layerSettings(config, layer);
  const parameters = model.layers[layer];
  if (parameters === undefined) throw new Error(`no layer ${layer}`);
  const network = quantizeCore(floatCoreOf(model, parameters), ranges, {
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

/** Bits and scale of a pixel: 0..255 as a signed word, exact. */
const PIXEL = { width: 9, scale: 1 / 255 } as const;

function networkPart(config: Config, model: PreparedModel, data: Dataset): Part {
  const { shape } = model;
  const unsupported =
    shape.pooling !== 'none'
      ? `pools by ${shape.pooling}`
      : shape.norm === 'layer'
        ? 'has layer norms'
        : undefined;
  if (unsupported !== undefined) {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['scope'],
      message: `The model ${unsupported}, which no hardware block does yet.`,
      hint: 'use scope: { ssm_core: 0 } for the core of a layer.',
    });
  }
  const { sequences, margin } = config.calibration;
  const ranges = calibrateNetwork(model, data, sequences, margin);
  const width = config.precision.residual;
  const input =
    config.data.idx !== undefined
      ? PIXEL
      : { width, scale: activationScale(ranges.input, width, config.scales.kind) };
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
    input,
  });
  return {
    network,
    words: (sequence) => quantizedSteps(sequence, shape.inputs, network),
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
