import { at } from '../../float/s5/vector.js';

/** Loss of one sequence, and its gradient with respect to the scores. */
export interface Loss {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/** The wanted result of a sequence: a class, or values at the scores. */
export type Target =
  | { readonly kind: 'class'; readonly label: number }
  | { readonly kind: 'squared_error'; readonly values: Float64Array };

/** The loss of a target. */
export function lossOf(target: Target, scores: Float64Array): Loss {
  switch (target.kind) {
    case 'class':
      return crossEntropy(scores, target.label);
    case 'squared_error':
      return squaredError(scores, target.values);
  }
}

/** -log softmax(scores)[label]. */
export function crossEntropy(scores: Float64Array, label: number): Loss {
  const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const gradient = powers.map((power) => power / total);
  gradient[label] = at(gradient, label) - 1;
  return { loss: Math.log(total) + largest - at(scores, label), gradient };
}

/** Mean of (score - target)^2 over all scores. */
export function squaredError(scores: Float64Array, target: Float64Array): Loss {
  const count = scores.length;
  const differences = scores.map((score, i) => score - at(target, i));
  return {
    loss: differences.reduce((sum, one) => sum + one * one, 0) / count,
    gradient: differences.map((one) => (2 * one) / count),
  };
}
