import { at } from '../../float/s5/vector.js';

/** Rows go through a matrix of `outputs` rows and `inputs` columns. */
export interface MatvecSize {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** out = weights x + bias for every row; weights [outputs, inputs]. */
export function matvec(
  x: Float64Array,
  weights: Float64Array,
  bias: Float64Array | undefined,
  out: Float64Array,
  { rows, inputs, outputs }: MatvecSize,
): void {
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      let sum = bias === undefined ? 0 : at(bias, o);
      for (let i = 0; i < inputs; i++) sum += at(weights, o * inputs + i) * at(x, r * inputs + i);
      out[r * outputs + o] = sum;
    }
  }
}

/** Adds weights^T dOut to the gradient of x. */
export function matvecInputGradient(
  weights: Float64Array,
  dOut: Float64Array,
  dX: Float64Array,
  { rows, inputs, outputs }: MatvecSize,
): void {
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      const by = at(dOut, r * outputs + o);
      for (let i = 0; i < inputs; i++) {
        dX[r * inputs + i] = at(dX, r * inputs + i) + by * at(weights, o * inputs + i);
      }
    }
  }
}

/** Adds dOut x^T, summed over the rows, to the gradient of the weights, and dOut to that of bias. */
export function matvecWeightGradient(
  x: Float64Array,
  dOut: Float64Array,
  dWeights: Float64Array,
  dBias: Float64Array | undefined,
  { rows, inputs, outputs }: MatvecSize,
): void {
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      const by = at(dOut, r * outputs + o);
      for (let i = 0; i < inputs; i++) {
        const w = o * inputs + i;
        dWeights[w] = at(dWeights, w) + by * at(x, r * inputs + i);
      }
      if (dBias !== undefined) dBias[o] = at(dBias, o) + by;
    }
  }
}
