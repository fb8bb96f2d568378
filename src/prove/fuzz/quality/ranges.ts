import { at } from '../../../base/at.js';
import type { ObservedTensor } from '../../../float/s5/forward.js';
import { forward } from '../../../float/s5/forward.js';
import { readStates } from '../../../float/s5/model.js';
import type { PreparedModel } from '../../../float/s5/prepare.js';

/** Largest magnitudes of the tensors of a layer of the float network. */
export interface LayerMagnitudes {
  readonly tensor: (name: ObservedTensor) => number;
  /** States, over re and im and both directions: [P]. */
  readonly state: readonly number[];
}

/** Largest magnitudes of the float network on given sequences. */
export interface Magnitudes {
  readonly input: number;
  /** Tensors with the scale of the residual stream. */
  readonly stream: number;
  readonly output: number;
  readonly layers: readonly LayerMagnitudes[];
}

const STREAM: readonly ObservedTensor[] = ['layer_input', 'branch', 'residual', 'layer_output'];

/**
 * Ranges of the float network, independent of the calibration, whose faults they must reveal.
 *
 * @param sequences each [length, inputs].
 */
export function magnitudesOf(
  model: PreparedModel,
  sequences: readonly Float64Array[],
  length: number,
): Magnitudes {
  const { layers, stateSize } = model.shape;
  const found = new Map<string, number>();
  const raise = (name: string, data: Float64Array) => {
    found.set(
      name,
      data.reduce((max, value) => Math.max(max, Math.abs(value)), found.get(name) ?? 0),
    );
  };
  const states = Array.from({ length: layers }, () => new Array<number>(stateSize).fill(0));
  for (const sequence of sequences) {
    raise('input', sequence);
    const output = forward(model, sequence, length, (layer, tensor, data) => {
      raise(`${layer} ${tensor}`, data);
      const state = states[layer];
      if (state === undefined || (tensor !== 'state_re' && tensor !== 'state_im')) return;
      const width = readStates(model.shape);
      data.forEach((value, i) => {
        const p = (i % width) % stateSize;
        state[p] = Math.max(at(state, p), Math.abs(value));
      });
    });
    raise('output', output);
  }
  const get = (name: string) => found.get(name) ?? 0;
  return {
    input: get('input'),
    output: get('output'),
    stream: Math.max(...states.flatMap((_, n) => STREAM.map((tensor) => get(`${n} ${tensor}`)))),
    layers: states.map((state, n) => ({ state, tensor: (name) => get(`${n} ${name}`) })),
  };
}
