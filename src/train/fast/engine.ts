import { at } from '../../base/at.js';
import { createArena, type Arena } from '../../network/emulate/fast/arena.js';
import type { Engine } from '../engine/engine.js';
import type { LookupFunction } from '../ops/lookup.js';
import { instantiateTrainKernels } from './kernels.js';

/** Address of a place. */
export type Address = number;

/** Words of a SIMD vector. */
const LANES = 4;
const BYTES = 4;

const CODES: Readonly<Record<LookupFunction, number>> = {
  gelu: 0,
  erf_gelu: 1,
  q_gelu: 2,
  sigmoid: 3,
  hard_sigmoid: 4,
};

/**
 * Words behind a block. Blocks of whole pages would all begin in the same set of the L1 cache, where
 * the rows of one kernel then displace each other.
 */
const GAP = 80;

const pad = (width: number): number => LANES * Math.ceil(width / LANES);

/** Columns of a panel of a matrix; those that remain are in panels of 4 columns. */
const PANEL = 16;

/** Place of an element of a matrix in panels; `rows` and `columns` are padded. */
function panelIndex(row: number, column: number, rows: number, columns: number): number {
  const wide = columns - (columns % PANEL);
  const width = column < wide ? PANEL : LANES;
  const first = column - (column % width);
  return first * rows + row * width + (column - first);
}

/**
 * The operations in float32 by the kernels of kernels/train.ts. Rows are padded to whole vectors. A
 * matrix is stored twice in panels: for the input gradient, and behind that transposed for a matvec.
 */
export function createFastEngine(arena: Arena = createArena()): Engine<Address> {
  const kernels = instantiateTrainKernels(arena.memory);
  const zeros = new Map<number, Address>();
  /** A row of words of 0, where a matvec without bias starts. */
  const zeroRow = (words: number): Address => {
    const found = zeros.get(words) ?? arena.floats(words);
    zeros.set(words, found);
    return found;
  };
  const store = (value: Address, data: Float64Array, rows: number, columns: number): void => {
    const stride = pad(columns);
    const words = arena.f32(value, rows * stride);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) words[r * stride + c] = at(data, r * columns + c);
    }
  };
  return {
    pad,
    allocate: (count) => arena.floats(count + GAP),
    allocateMatrix: (outputs, inputs) => arena.floats(2 * pad(outputs) * pad(inputs) + GAP),
    allocateSums: (count) => arena.words(count),
    shift: (value, words) => value + BYTES * words,
    clear: kernels.clear,
    collect: kernels.collect,
    clearSums: (value, count) => {
      kernels.clear(value, 2 * count);
    },
    store,
    storeMatrix: (value, data, outputs, inputs) => {
      const words = pad(outputs) * pad(inputs);
      const own = arena.f32(value, 2 * words);
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) {
          const weight = at(data, o * inputs + i);
          own[panelIndex(o, i, pad(outputs), pad(inputs))] = weight;
          own[words + panelIndex(i, o, pad(inputs), pad(outputs))] = weight;
        }
      }
    },
    load: (value, rows, columns) => {
      const stride = pad(columns);
      const words = arena.f32(value, rows * stride);
      const data = new Float64Array(rows * columns);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) data[r * columns + c] = at(words, r * stride + c);
      }
      return data;
    },
    loadSums: (value, count) => arena.f64(value, count).slice(),

    matvec: (x, weights, bias, out, { rows, inputs, outputs }) => {
      const transposed = weights + BYTES * inputs * outputs;
      kernels.matvec(x, transposed, bias ?? zeroRow(outputs), out, rows, inputs, outputs);
    },
    matvecInputGradient: (weights, dOut, dX, { rows, inputs, outputs }) => {
      kernels.matvecInputGradient(weights, dOut, dX, rows, inputs, outputs);
    },
    matvecWeightGradient: (x, dOut, dWeights, dBias, { rows, inputs, outputs }) => {
      kernels.matvecWeightGradient(x, dOut, dWeights, rows, inputs, outputs);
      if (dBias !== undefined) kernels.pool(dOut, dBias, 1, rows, outputs);
    },
    recurrence: kernels.recurrence,
    recurrenceGradient: kernels.recurrenceGradient,
    feedthrough: kernels.feedthrough,
    feedthroughGradient: kernels.feedthroughGradient,
    lookup: (f, x, out, slope, count) => {
      kernels.lookup(CODES[f], x, out, slope, count);
    },
    lookupGradient: kernels.lookupGradient,
    gate: kernels.gate,
    gateGradient: kernels.gateGradient,
    residual: kernels.residual,
    residualGradient: kernels.residualGradient,
    requantize: kernels.affine,
    requantizeGradient: kernels.affineGradient,
    clipGradient: kernels.clipGradient,
    join: (a, b, out, rows, width) => {
      kernels.join(a, b, out, rows, width / 2, pad(width), pad(2 * width));
    },
    joinGradient: (dOut, dA, dB, rows, width) => {
      kernels.joinGradient(dOut, dA, dB, rows, width / 2, pad(width), pad(2 * width));
    },
    dropout: kernels.scale,
    dropoutGradient: (mask, dOut, dX, rows, width) => {
      kernels.scaleGradient(dOut, mask, dX, rows, width);
    },
    reverse: kernels.reverse,
    reverseGradient: kernels.reverseGradient,
    pool: kernels.pool,
    poolGradient: kernels.poolGradient,
    layerNorm: (x, scale, bias, out, { rows, width, length, eps }) => {
      kernels.layerNorm(x, scale, bias, out, rows, width, length, eps);
    },
    layerNormGradient: (x, scale, dOut, dX, dScale, dBias, { rows, width, length, eps }) => {
      kernels.layerNormGradient(x, scale, dOut, dX, dScale, dBias, rows, width, length, eps);
    },
    batchSums: kernels.batchSums,
    batchNorm: (x, { mean, inverse }, scale, bias, out, rows, width) => {
      kernels.batchNorm(x, mean, inverse, scale, bias, out, rows, width);
    },
    batchNormSums: (x, { mean, inverse }, dOut, sums, rows, width) => {
      kernels.batchNormSums(x, mean, inverse, dOut, sums, rows, width);
    },
    batchNormGradient: (x, { mean, inverse }, scale, means, dOut, dX, rows, width) => {
      const { dOut: meanSlope, dOutNormal: meanProduct } = means;
      kernels.batchNormGradient(
        ...[x, mean, inverse, scale, meanSlope, meanProduct, dOut, dX, rows, width],
      );
    },
  };
}
