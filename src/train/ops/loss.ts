import { at } from '../../float/s5/vector.js';

/** Loss of one sequence, and its gradient with respect to the scores. */
export interface Loss {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/** The wanted result of a sequence: a class, or values for its last scores. */
export type Target =
  | { readonly kind: 'class'; readonly label: number }
  | { readonly kind: 'squared_error' | 'smape'; readonly values: Float64Array };

/** The loss of a target. */
export function lossOf(target: Target, scores: Float64Array): Loss {
  if (target.kind === 'class') return crossEntropy(scores, target.label);
  const { values } = target;
  const before = scores.length - values.length;
  // Values of the last step alone.
  const { loss, gradient } = ERRORS[target.kind](scores.subarray(before), values);
  const whole = new Float64Array(scores.length);
  whole.set(gradient, before);
  return { loss, gradient: whole };
}

const ERRORS = { squared_error: squaredError, smape };

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

/**
 * Symmetric mean absolute percentage error: the mean of 200 |score - target| / (|score| + |target|);
 * 0 where both are 0.
 *
 * Source: the forecasts of Q-S5.
 */
export function smape(scores: Float64Array, target: Float64Array): Loss {
  const count = scores.length;
  const gradient = new Float64Array(count);
  let loss = 0;
  for (let i = 0; i < count; i++) {
    const [score, wanted] = [at(scores, i), at(target, i)];
    const size = Math.abs(score) + Math.abs(wanted);
    if (size === 0) continue;
    const error = score - wanted;
    loss += Math.abs(error) / size;
    gradient[i] =
      (200 / count) *
      (Math.sign(error) / size - (Math.abs(error) * Math.sign(score)) / (size * size));
  }
  return { loss: (200 * loss) / count, gradient };
}
