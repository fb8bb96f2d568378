import type { GradientMeans, Moments } from '../ops/batch_norm.js';
import type { LayerNormSize } from '../ops/layer_norm.js';
import type { LookupFunction } from '../ops/lookup.js';
import type { MatvecSize } from '../ops/matvec.js';

/**
 * The operations of training in one arithmetic. V is a place in memory that holds words, rows of
 * `pad(width)` words each. Every `width`, `inputs` and `outputs` is such a padded one. The files of
 * `ops/` define the operations. A gradient is added to its place, which the caller clears.
 */
export interface Engine<V> {
  /** Words of a row of `width` elements, padding included; the padding is 0 in every parameter. */
  readonly pad: (width: number) => number;
  /** A place of `count` words of 0, never given back. */
  readonly allocate: (count: number) => V;
  /** A place for the weights of a matvec; only `storeMatrix` writes there. */
  readonly allocateMatrix: (outputs: number, inputs: number) => V;
  /** A place of `count` sums over a batch; they are always of float64. */
  readonly allocateSums: (count: number) => V;
  /** The place `words` behind another. */
  readonly shift: (value: V, words: number) => V;
  readonly clear: (value: V, count: number) => void;
  /** Adds `count` words to `count` sums, and clears the words. */
  readonly collect: (value: V, sums: V, count: number) => void;
  readonly clearSums: (value: V, count: number) => void;
  /** Writes [rows, columns] without padding to rows with padding. */
  readonly store: (value: V, data: Float64Array, rows: number, columns: number) => void;
  readonly storeMatrix: (value: V, data: Float64Array, outputs: number, inputs: number) => void;
  /** Reads [rows, columns] without padding. */
  readonly load: (value: V, rows: number, columns: number) => Float64Array;
  readonly loadSums: (value: V, count: number) => Float64Array;

  readonly matvec: (x: V, weights: V, bias: V | undefined, out: V, size: MatvecSize) => void;
  readonly matvecInputGradient: (weights: V, dOut: V, dX: V, size: MatvecSize) => void;
  readonly matvecWeightGradient: (
    x: V,
    dOut: V,
    dWeights: V,
    dBias: V | undefined,
    size: MatvecSize,
  ) => void;
  readonly recurrence: (
    ...args: [drive: V, lambdaBar: V, carry: V, out: V, rows: number, width: number]
  ) => void;
  readonly recurrenceGradient: (
    ...args: [
      ...[lambdaBar: V, before: V, out: V, dOut: V, carry: V],
      ...[dDrive: V, dLambdaBar: V, rows: number, width: number],
    ]
  ) => void;
  readonly feedthrough: (
    ...args: [sum: V, u: V, d: V, out: V, rows: number, width: number]
  ) => void;
  readonly feedthroughGradient: (
    ...args: [u: V, d: V, dOut: V, dSum: V, dU: V, dD: V, rows: number, width: number]
  ) => void;
  readonly lookup: (f: LookupFunction, x: V, out: V, slope: V, count: number) => void;
  readonly lookupGradient: (slope: V, dOut: V, dX: V, count: number) => void;
  readonly gate: (a: V, b: V, out: V, count: number) => void;
  readonly gateGradient: (a: V, b: V, dOut: V, dA: V, dB: V, count: number) => void;
  readonly residual: (a: V, b: V, out: V, count: number) => void;
  readonly residualGradient: (dOut: V, dA: V, dB: V, count: number) => void;
  readonly requantize: (
    ...args: [x: V, gain: V, offset: V, out: V, rows: number, width: number]
  ) => void;
  readonly requantizeGradient: (
    ...args: [x: V, gain: V, dOut: V, dX: V, dGain: V, dOffset: V, rows: number, width: number]
  ) => void;
  readonly clipGradient: (value: V, limit: V, dOut: V, rows: number, width: number) => void;
  /** `width` is that of a and of b, without padding. */
  readonly join: (a: V, b: V, out: V, rows: number, width: number) => void;
  readonly joinGradient: (dOut: V, dA: V, dB: V, rows: number, width: number) => void;
  readonly dropout: (x: V, mask: V, out: V, rows: number, width: number) => void;
  readonly dropoutGradient: (mask: V, dOut: V, dX: V, rows: number, width: number) => void;
  readonly reverse: (x: V, out: V, rows: number, width: number) => void;
  readonly reverseGradient: (dOut: V, dX: V, rows: number, width: number) => void;
  readonly pool: (x: V, out: V, weight: number, rows: number, width: number) => void;
  readonly poolGradient: (dOut: V, dX: V, weight: number, rows: number, width: number) => void;
  readonly layerNorm: (x: V, scale: V, bias: V, out: V, size: LayerNormSize) => void;
  readonly layerNormGradient: (
    ...args: [x: V, scale: V, dOut: V, dX: V, dScale: V, dBias: V, size: LayerNormSize]
  ) => void;
  readonly batchSums: (x: V, sums: V, rows: number, width: number) => void;
  readonly batchNorm: (
    ...args: [x: V, moments: Moments<V>, scale: V, bias: V, out: V, rows: number, width: number]
  ) => void;
  readonly batchNormSums: (
    ...args: [x: V, moments: Moments<V>, dOut: V, sums: V, rows: number, width: number]
  ) => void;
  readonly batchNormGradient: (
    ...args: [
      ...[x: V, moments: Moments<V>, scale: V, means: GradientMeans<V>],
      ...[dOut: V, dX: V, rows: number, width: number],
    ]
  ) => void;
}
