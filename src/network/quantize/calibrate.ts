import { at } from '../../base/at.js';
import type { Dataset } from '../../float/dataset/dataset.js';
import { observeUntilSsm, type ObservedTensor } from '../../float/s5/forward.js';
import { at as element } from '../../float/s5/vector.js';
import { readStates } from '../../float/s5/model.js';
import type { PreparedModel } from '../../float/s5/prepare.js';
import type { Watch } from './watch.js';
import { createRangeFinder, type RangeLimit, type RangeMethod } from './ranges.js';

/** Ranges of the activations of one SSM core over the calibration sequences. */
export interface CoreRanges {
  /** Largest magnitude of the residual stream entering the layer. */
  readonly layerInput: number;
  /** Input of the SSM. */
  readonly u: RangeLimit;
  /** Largest magnitude per state that C reads, of re and im: [P], or [2P] when bidirectional. */
  readonly state: readonly number[];
  /** SSM output, with D u. */
  readonly y: RangeLimit;
  readonly sequences: number;
}

/** Sequences that are run, and how ranges follow from them. */
export interface CalibrationSettings {
  readonly sequences: number;
  readonly method: RangeMethod;
  /** Factor on every range, > 0. */
  readonly margin: number;
  readonly watch?: Watch | undefined;
}

/** Runs the float network as far as the SSM of `layer` on the first sequences of the dataset. */
export function calibrateCore(
  model: PreparedModel,
  layer: number,
  dataset: Dataset,
  { sequences, method, margin, watch }: CalibrationSettings,
): CoreRanges {
  const state = new Array<number>(readStates(model.shape)).fill(0);
  const finder = createRangeFinder(method, margin);
  const observe = (at: number, tensor: ObservedTensor, data: Float64Array, width: number) => {
    if (at !== layer) return;
    if (tensor === 'state_re' || tensor === 'state_im') raiseColumns(state, data, width);
    if (tensor === 'layer_input' || tensor === 'u' || tensor === 'y') finder.see(tensor, data);
  };
  const count = Math.min(sequences, dataset.count);
  for (let i = 0; i < count; i++) {
    watch?.('ranges', i, count);
    observeUntilSsm(model, dataset.sequence(i), dataset.length, layer, observe);
  }
  return {
    layerInput: finder.absMax('layer_input'),
    u: finder.limit('u'),
    state: state.map((value) => value * margin),
    y: finder.limit('y'),
    sequences: count,
  };
}

/** Raises each of `maxima` to the largest magnitude in its column of `data`, [L, width]. */
export function raiseColumns(maxima: number[], data: Float64Array, width: number): void {
  for (let from = 0; from < data.length; from += width) {
    for (let p = 0; p < width; p++) {
      maxima[p] = Math.max(at(maxima, p), Math.abs(element(data, from + p)));
    }
  }
}
