import type { Dataset } from '../dataset/dataset.js';
import { observeUntilSsm, type ObservedTensor } from '../s5/forward.js';
import { readStates } from '../s5/model.js';
import type { PreparedModel } from '../s5/prepare.js';
import { absMax } from './scales.js';

/** Largest magnitudes of the activations of one SSM core over the calibration sequences. */
export interface CoreRanges {
  /** Residual stream entering the layer. */
  readonly layerInput: number;
  /** What enters the SSM. */
  readonly u: number;
  /** Per state that C reads, the larger of re and im: [P], or [2P] when bidirectional. */
  readonly state: readonly number[];
  /** SSM output, with D u. */
  readonly y: number;
  readonly sequences: number;
}

/**
 * Runs the float network as far as the SSM of `layer` on the first sequences of the dataset.
 *
 * @param margin factor on every range, > 0.
 */
export function calibrateCore(
  model: PreparedModel,
  layer: number,
  dataset: Dataset,
  sequences: number,
  margin: number,
): CoreRanges {
  const state = new Array<number>(readStates(model.shape)).fill(0);
  const max = { layer_input: 0, u: 0, y: 0 };
  const observe = (at: number, tensor: ObservedTensor, data: Float64Array, width: number) => {
    if (at !== layer) return;
    if (tensor === 'state_re' || tensor === 'state_im') {
      raiseColumns(state, data, width);
    } else if (tensor === 'layer_input' || tensor === 'u' || tensor === 'y') {
      max[tensor] = Math.max(max[tensor], absMax(data));
    }
  };
  const count = Math.min(sequences, dataset.count);
  for (let i = 0; i < count; i++) {
    observeUntilSsm(model, dataset.sequence(i), dataset.length, layer, observe);
  }
  return {
    layerInput: max.layer_input * margin,
    u: max.u * margin,
    state: state.map((value) => value * margin),
    y: max.y * margin,
    sequences: count,
  };
}

/** Raises each of `maxima` to the largest magnitude in its column of `data`, [L, width]. */
export function raiseColumns(maxima: number[], data: Float64Array, width: number): void {
  for (let from = 0; from < data.length; from += width) {
    for (let p = 0; p < width; p++) {
      maxima[p] = Math.max(maxima[p] ?? 0, Math.abs(data[from + p] ?? 0));
    }
  }
}
