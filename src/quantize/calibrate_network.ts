import type { Dataset } from '../dataset/dataset.js';
import { forward, type ObservedTensor } from '../s5/forward.js';
import { readStates } from '../s5/model.js';
import type { PreparedModel } from '../s5/prepare.js';
import { raiseColumns, type CoreRanges } from './calibrate.js';
import { absMax } from './scales.js';

/** Largest magnitudes of the activations of one layer. */
export interface LayerRanges {
  readonly core: CoreRanges;
  readonly gelu: number;
  /** out1(gelu(y)), full_glu only. */
  readonly value: number;
  /** out2(gelu(y)), GLUs only. */
  readonly gateInput: number;
}

/** Largest magnitudes of every activation over the calibration sequences. */
export interface NetworkRanges {
  readonly input: number;
  /** The residual stream everywhere: entering and leaving layers, before and after a postnorm. */
  readonly residual: number;
  readonly layers: readonly LayerRanges[];
  readonly output: number;
  readonly sequences: number;
}

/**
 * Runs the float network on the first sequences of the dataset.
 *
 * @param margin factor on every range, > 0.
 */
export function calibrateNetwork(
  model: PreparedModel,
  dataset: Dataset,
  sequences: number,
  margin: number,
): NetworkRanges {
  const { layers } = model.shape;
  const read = readStates(model.shape);
  const max = new Map<string, number>();
  const states = Array.from({ length: layers }, () => new Array<number>(read).fill(0));
  const raise = (key: string, data: Float64Array) => {
    max.set(key, Math.max(max.get(key) ?? 0, absMax(data)));
  };
  const observe = (layer: number, tensor: ObservedTensor, data: Float64Array, width: number) => {
    const state = states[layer];
    if (state !== undefined && (tensor === 'state_re' || tensor === 'state_im')) {
      raiseColumns(state, data, width);
      return;
    }
    raise(`${layer} ${tensor}`, data);
    if (tensor === 'layer_input' || tensor === 'residual' || tensor === 'layer_output') {
      raise('residual', data);
    }
  };
  const count = Math.min(sequences, dataset.count);
  for (let i = 0; i < count; i++) {
    const input = dataset.sequence(i);
    raise('input', input);
    raise('output', forward(model, input, dataset.length, observe));
  }
  const range = (key: string) => (max.get(key) ?? 0) * margin;
  return {
    input: range('input'),
    residual: range('residual'),
    layers: states.map((state, layer) => ({
      core: {
        layerInput: range(`${layer} layer_input`),
        u: range(`${layer} u`),
        state: state.map((value) => value * margin),
        y: range(`${layer} y`),
        sequences: count,
      },
      gelu: range(`${layer} gelu`),
      value: range(`${layer} value`),
      gateInput: range(`${layer} gate_input`),
    })),
    output: range('output'),
    sequences: count,
  };
}
