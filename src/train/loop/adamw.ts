import { at } from '../../base/at.js';
import { find, type NamedTensors } from '../graph/graph_parameters.js';
import type { ModelParameter } from '../graph/model_parameters.js';

/** Settings of AdamW; optax's defaults are 0.9, 0.999 and 1e-8. */
export interface AdamWSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  /** Decay of the group `regular`, times its learning rate; `ssm` has none. */
  readonly weightDecay: number;
}

export const ADAMW: AdamWSettings = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 };

/** Learning rates of the two groups of parameters. */
export type LearningRates = Readonly<Record<ModelParameter['group'], number>>;

/** Moving averages of each parameter's gradient and of its square; a step changes them in place. */
export interface AdamWState {
  readonly steps: number;
  readonly first: NamedTensors;
  readonly second: NamedTensors;
}

export function startAdamW(parameters: readonly ModelParameter[]): AdamWState {
  const zeros = (): NamedTensors =>
    new Map(parameters.map(({ name, data }) => [name, new Float64Array(data.length)]));
  return { steps: 0, first: zeros(), second: zeros() };
}

/**
 * One step: changes the parameters and the averages in place, and returns the state that has counted
 * it.
 *
 * Source: Loshchilov and Hutter, Decoupled weight decay regularization; optax.adamw.
 */
export function stepAdamW(
  state: AdamWState,
  parameters: readonly ModelParameter[],
  gradients: NamedTensors,
  rates: LearningRates,
  { beta1, beta2, eps, weightDecay }: AdamWSettings,
): AdamWState {
  const steps = state.steps + 1;
  const firstUnbiased = 1 / (1 - beta1 ** steps);
  const secondUnbiased = 1 / (1 - beta2 ** steps);
  for (const { name, group, data } of parameters) {
    const gradient = find(gradients, name);
    const first = find(state.first, name);
    const second = find(state.second, name);
    const rate = rates[group];
    const decay = group === 'regular' ? weightDecay : 0;
    for (let i = 0; i < data.length; i++) {
      const slope = at(gradient, i);
      const mean = beta1 * at(first, i) + (1 - beta1) * slope;
      const square = beta2 * at(second, i) + (1 - beta2) * slope * slope;
      first[i] = mean;
      second[i] = square;
      const step = (mean * firstUnbiased) / (Math.sqrt(square * secondUnbiased) + eps);
      data[i] = at(data, i) - rate * (step + decay * at(data, i));
    }
  }
  return { ...state, steps };
}
