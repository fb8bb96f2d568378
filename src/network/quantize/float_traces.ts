import { at } from '../../float/s5/vector.js';
import type { Dataset } from '../../float/dataset/dataset.js';
import { forward } from '../../float/s5/forward.js';
import type { PreparedModel } from '../../float/s5/prepare.js';
import type { FloatTensor } from './fit.js';
import type { Watch } from './watch.js';

/** A tensor of the float network on one calibration sequence, in the order of time. */
export interface FloatTrace {
  /** Elements per step. */
  readonly width: number;
  /** [L, width]; [1, width] of `pooled` where the network pools. */
  readonly data: Float64Array;
}

/** The tensors that linear maps read, on the calibration sequences. */
export interface FloatTraces {
  of(tensor: FloatTensor, sequence: number): FloatTrace;
}

/** Runs the float network on the first sequences of the dataset, and keeps what maps read. */
export function traceFloat(
  model: PreparedModel,
  dataset: Dataset,
  sequences: number,
  watch?: Watch,
): FloatTraces {
  const { layers } = model.shape;
  const kept = new Map<string, FloatTrace>();
  for (let i = 0; i < sequences; i++) {
    watch?.('float network', i, sequences);
    const keep = (name: string, data: Float64Array, width: number) =>
      kept.set(`${i} ${name}`, { data, width });
    const input = dataset.sequence(i);
    keep('input', input, dataset.inputs);
    let re: Float64Array = new Float64Array();
    forward(model, input, dataset.length, (layer, tensor, data, width) => {
      if (tensor === 'u' || tensor === 'gelu') keep(`${layer} ${tensor}`, data, width);
      if (tensor === 'state_re') re = data;
      if (tensor === 'state_im') keep(`${layer} states`, interleaved(re, data), 2 * width);
      if (tensor === 'pooled' && layer === layers) keep('pooled', data, width);
    });
  }
  return {
    of(tensor, sequence) {
      const name = 'layer' in tensor ? `${tensor.layer} ${tensor.tensor}` : tensor.tensor;
      const trace = kept.get(`${sequence} ${name}`);
      if (trace === undefined) throw new Error(`no float trace of ${name}`);
      return trace;
    },
  };
}

/** re and im in turn. */
function interleaved(re: Float64Array, im: Float64Array): Float64Array {
  const all = new Float64Array(2 * re.length);
  re.forEach((value, i) => {
    all[2 * i] = value;
    all[2 * i + 1] = at(im, i);
  });
  return all;
}
