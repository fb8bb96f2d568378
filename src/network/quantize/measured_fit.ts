import { at as element } from '../../base/at.js';
import { at } from '../../float/s5/vector.js';
import type { Dataset } from '../../float/dataset/dataset.js';
import type { MatvecNode, Node } from '../types.js';
import type { PreparedModel } from '../../float/s5/prepare.js';
import { nearestFit, type LinearMap, type WeightFit } from './fit.js';
import { traceFloat } from './float_traces.js';
import { momentsOf, type Moments } from './moments.js';
import { reconstructingFit } from './reconstruct.js';
import { createTraces } from './traces.js';
import type { Watch } from './watch.js';

export interface MeasuredFitSettings {
  /** Sequences of the dataset that are run. */
  readonly sequences: number;
  /** Each weight to its nearest integer, or weights that make up for the errors before them. */
  readonly weights: 'nearest' | 'reconstruct';
  /** True if offsets make up for the mean error. */
  readonly biasCorrection: boolean;
  readonly watch?: Watch | undefined;
}

/**
 * A fit that runs the integer network, as far as it is built, and the float one on the calibration
 * sequences.
 *
 * @param words words of an input sequence, for the network's input node.
 */
export function measuredFit(
  model: PreparedModel,
  dataset: Dataset,
  words: (node: Node, sequence: Float64Array) => readonly Float64Array[],
  { sequences, weights, biasCorrection, watch }: MeasuredFitSettings,
): WeightFit {
  const count = Math.min(sequences, dataset.count);
  const float = traceFloat(model, dataset, count, watch);
  const nodes = expectedNodes(model);
  let followed = 0;
  const traces = createTraces((node, i) => words(node, dataset.sequence(i)), count);
  const found = new Map<string, Moments>();
  const moments = (map: LinearMap): Moments => {
    const { source, reads, column } = map;
    const known = found.get(source.id);
    if (known !== undefined) return known;
    const real = (i: number) => float.of(reads, i);
    const made = momentsOf(traces.of(source.id), real, column ?? ((word) => word));
    found.set(source.id, made);
    return made;
  };
  const base = {
    follow: (node: Node) => {
      traces.follow(node);
      followed += 1;
      watch?.('weights', Math.min(followed, nodes), nodes);
    },
    bias: (map: LinearMap, matvec: MatvecNode) =>
      biasCorrection ? missingMean(map, matvec, moments(map)) : undefined,
  };
  return weights === 'nearest'
    ? { ...nearestFit, ...base }
    : reconstructingFit(base, moments, watch);
}

/** Approximate number of nodes of a network; for progress alone. */
function expectedNodes({ shape }: PreparedModel): number {
  return 6 + (shape.activation === 'gelu' ? 12 : 18) * shape.layers;
}

/** Mean of W0 f less mean of the matvec, real, per row. */
function missingMean(
  { rows }: LinearMap,
  { weights, cols, format }: MatvecNode,
  { meanWords, meanReal }: Moments,
): Float64Array {
  return Float64Array.from(rows, (row, m) => {
    let real = 0;
    let sum = 0;
    for (let n = 0; n < cols; n++) {
      real += at(row, n) * at(meanReal, n);
      sum += element(weights, m * cols + n) * at(meanWords, n);
    }
    return real - sum * element(format.scale, format.scale.length === 1 ? 0 : m);
  });
}
