import { layerSettings } from '../config/layer.js';
import type { LoadedConfig } from '../config/load.js';
import { withLocations } from '../config/with_locations.js';
import { Qs5Error } from '../errors.js';
import type { IntegerNetwork } from '../network/types.js';
import { inputNode } from '../network/types.js';
import { buildPlan } from '../plan/build.js';
import { resolveFolding } from '../plan/fold.js';
import type { Plan } from '../plan/types.js';
import { calibrateCore, type CoreRanges } from '../quantize/calibrate.js';
import { quantizeCore, type FloatCore } from '../quantize/core.js';
import { quantizeValue } from '../quantize/scales.js';
import { observeUntilSsm } from '../s5/forward.js';
import { prepare, type PreparedModel } from '../s5/prepare.js';
import { loadDatasets, loadFloatModel } from './load_model.js';

/** A config carried through to hardware. */
export interface Design {
  readonly loaded: LoadedConfig;
  readonly ranges: CoreRanges;
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
    const layer = config.scope.ssm_core;
    const model = await loadFloatModel(loaded);
    const datasets = await loadDatasets(loaded, model);
    const prepared = prepare(model);
    const core = floatCore(prepared, layer);
    const { sequences, margin } = config.calibration;
    const ranges = calibrateCore(prepared, layer, datasets.calibration, sequences, margin);

    const settings = layerSettings(config, layer);
    const network = quantizeCore(core, ranges, {
      name: config.name,
      precision: settings.precision,
      lambdaForm: settings.lambda_form,
      rounding: settings.rounding,
      scales: {
        kind: config.scales.kind,
        perChannel: config.scales.weights === 'per_channel',
        balancedStates: config.scales.balanced_states,
        multiplierBits: config.scales.multiplier_bits,
      },
    });
    const plan = buildPlan(network, resolveFolding(network, config.folding, config.target));
    return {
      loaded,
      ranges,
      network,
      plan,
      sequences: datasets.test.count,
      words: (i) =>
        quantizedInput(prepared, layer, datasets.test.sequence(i), datasets.test.length, network),
    };
  });
}

/** The SSM core of a layer, with the batch norm before it where there is one. */
function floatCore(model: PreparedModel, index: number): FloatCore {
  const { shape, layers } = model;
  const layer = layers[index];
  if (layer === undefined) {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['scope', 'ssm_core'],
      message: `There is no layer ${index}: the model has ${shape.layers}, counted from 0.`,
      hint: shape.layers === 1 ? 'use 0.' : `use 0 to ${shape.layers - 1}.`,
    });
  }
  if (shape.bidirectional) {
    throw new Qs5Error('E_CONFIG_COMBINATION', {
      path: ['scope', 'ssm_core'],
      message: 'The model is bidirectional: its backward scan starts at the end of a sequence.',
      hint: 'a streaming SSM core needs a model with bidirectional: false.',
    });
  }
  const { norm } = layer;
  return {
    features: shape.features,
    states: shape.stateSize,
    layer,
    ...(shape.prenorm && norm.kind === 'batch' ? { affine: norm } : {}),
  };
}

/** What enters the core in one sequence, as integers of its input format. */
function quantizedInput(
  model: PreparedModel,
  layer: number,
  sequence: Float64Array,
  length: number,
  network: IntegerNetwork,
): Float64Array[] {
  const { format } = inputNode(network);
  const [scale = 1] = format.scale;
  // With batch norm folded in, the residual stream enters; else what the norm yields.
  const wanted = coreInput(model);
  const steps: Float64Array[] = [];
  observeUntilSsm(model, sequence, length, layer, (at, tensor, data, width) => {
    if (at !== layer || tensor !== wanted) return;
    for (let from = 0; from < data.length; from += width) {
      const step = data.subarray(from, from + width);
      steps.push(step.map((value) => quantizeValue(value, scale, format.width)));
    }
  });
  return steps;
}

/** The activation that enters the hardware. */
export function coreInput({ shape }: PreparedModel): 'layer_input' | 'u' {
  return shape.prenorm && shape.norm === 'layer' ? 'u' : 'layer_input';
}
