import type { Dataset } from '../../float/dataset/dataset.js';
import { forward, type ObservedTensor } from '../../float/s5/forward.js';
import { readStates } from '../../float/s5/model.js';
import type { PreparedModel } from '../../float/s5/prepare.js';
import { raiseColumns, type CalibrationSettings, type CoreRanges } from './calibrate.js';
import { createRangeFinder, type RangeLimit } from './ranges.js';

/** Ranges of the activations of one layer. */
export interface LayerRanges {
  readonly core: CoreRanges;
  readonly gelu: RangeLimit;
  /** out1(gelu(y)), full_glu only. */
  readonly value: RangeLimit;
  /** out2(gelu(y)), GLUs only. */
  readonly gateInput: RangeLimit;
}

/** Ranges of every activation over the calibration sequences. */
export interface NetworkRanges {
  /** Largest magnitude of the input. */
  readonly input: number;
  /**
   * Largest magnitude of the residual stream everywhere: entering and leaving layers, before and
   * after a postnorm, and of the branches that are added to it, which share its scale. Nothing of
   * it may be clipped, because no later layer could make up for the loss.
   */
  readonly residual: number;
  readonly layers: readonly LayerRanges[];
  /** Largest magnitude of the class scores, of which the largest count. */
  readonly output: number;
  readonly sequences: number;
}

/** Tensors of a layer that have a range of their own. */
const RANGED: ReadonlySet<ObservedTensor> = new Set([
  'layer_input',
  'u',
  'y',
  'gelu',
  'value',
  'gate_input',
]);

/** Tensors that have the scale of the residual stream. */
const STREAM: ReadonlySet<ObservedTensor> = new Set([
  'layer_input',
  'branch',
  'residual',
  'layer_output',
]);

/** Runs the float network on the first sequences of the dataset. */
export function calibrateNetwork(
  model: PreparedModel,
  dataset: Dataset,
  { sequences, method, margin, watch }: CalibrationSettings,
): NetworkRanges {
  const { layers } = model.shape;
  const read = readStates(model.shape);
  const finder = createRangeFinder(method, margin);
  const states = Array.from({ length: layers }, () => new Array<number>(read).fill(0));
  const observe = (layer: number, tensor: ObservedTensor, data: Float64Array, width: number) => {
    const state = states[layer];
    if (state !== undefined && (tensor === 'state_re' || tensor === 'state_im')) {
      raiseColumns(state, data, width);
    }
    if (RANGED.has(tensor)) finder.see(`${layer} ${tensor}`, data);
    if (STREAM.has(tensor)) finder.see('residual', data);
  };
  const count = Math.min(sequences, dataset.count);
  for (let i = 0; i < count; i++) {
    watch?.('ranges', i, count);
    const input = dataset.sequence(i);
    finder.see('input', input);
    finder.see('output', forward(model, input, dataset.length, observe));
  }
  return {
    input: finder.absMax('input'),
    residual: finder.absMax('residual'),
    layers: states.map((state, layer) => ({
      core: {
        layerInput: finder.absMax(`${layer} layer_input`),
        u: finder.limit(`${layer} u`),
        state: state.map((value) => value * margin),
        y: finder.limit(`${layer} y`),
        sequences: count,
      },
      gelu: finder.limit(`${layer} gelu`),
      value: finder.limit(`${layer} value`),
      gateInput: finder.limit(`${layer} gate_input`),
    })),
    output: finder.absMax('output'),
    sequences: count,
  };
}
