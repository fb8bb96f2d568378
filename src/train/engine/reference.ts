import { at } from '../../float/s5/vector.js';
import { batchNorm, batchNormGradient, batchNormSums, batchSums } from '../ops/batch_norm.js';
import { clipGradient } from '../ops/clip.js';
import { dropout, dropoutGradient } from '../ops/dropout.js';
import { feedthrough, feedthroughGradient } from '../ops/feedthrough.js';
import { gate, gateGradient } from '../ops/gate.js';
import { join, joinGradient } from '../ops/join.js';
import { layerNorm, layerNormGradient } from '../ops/layer_norm.js';
import { lookup, lookupGradient } from '../ops/lookup.js';
import { matvec, matvecInputGradient, matvecWeightGradient } from '../ops/matvec.js';
import { pool, poolGradient } from '../ops/pool.js';
import { recurrence, recurrenceGradient } from '../ops/recurrence.js';
import { requantize, requantizeGradient } from '../ops/requantize.js';
import { residual, residualGradient } from '../ops/residual.js';
import { reverse, reverseGradient } from '../ops/reverse.js';
import type { Engine } from './engine.js';

const allocate = (count: number): Float64Array => new Float64Array(count);
const clear = (value: Float64Array, count: number): void => {
  value.fill(0, 0, count);
};
const collect = (value: Float64Array, sums: Float64Array, count: number): void => {
  for (let i = 0; i < count; i++) sums[i] = at(sums, i) + at(value, i);
  clear(value, count);
};
const store = (value: Float64Array, data: Float64Array, rows: number, columns: number): void => {
  value.set(data.subarray(0, rows * columns));
};

/** The operations in float64, without padding: the definition of training. */
export const reference: Engine<Float64Array> = {
  pad: (width) => width,
  allocate,
  allocateMatrix: (outputs, inputs) => allocate(outputs * inputs),
  allocateSums: allocate,
  shift: (value, words) => value.subarray(words),
  clear,
  collect,
  clearSums: clear,
  store,
  storeMatrix: store,
  load: (value, rows, columns) => value.slice(0, rows * columns),
  loadSums: (value, count) => value.slice(0, count),
  matvec,
  matvecInputGradient,
  matvecWeightGradient,
  recurrence,
  recurrenceGradient,
  feedthrough,
  feedthroughGradient,
  lookup,
  lookupGradient,
  gate,
  gateGradient,
  residual,
  residualGradient,
  requantize,
  requantizeGradient,
  clipGradient,
  join,
  joinGradient,
  dropout,
  dropoutGradient,
  reverse,
  reverseGradient,
  pool,
  poolGradient,
  layerNorm,
  layerNormGradient,
  batchSums,
  batchNorm,
  batchNormSums,
  batchNormGradient,
};
