import { at as element, oneOrEach } from '../../base/at.js';
import { at } from '../../float/s5/vector.js';
import { runGraph } from '../graph/run.js';
import type { FloatGraph } from '../graph/types.js';
import type { MatvecNode, Node } from '../types.js';
import type { CalibrationData } from './calibrate.js';
import { nearestFit, type LinearMap, type WeightFit } from './fit.js';
import { momentsOf, type Moments } from './moments.js';
import { reconstructingFit } from './reconstruct.js';
import { createTraces } from './traces.js';
import type { Watch } from './watch.js';

export interface MeasuredFitSettings {
  /** Each weight to its nearest integer, or weights that make up for the errors before them. */
  readonly weights: 'nearest' | 'reconstruct';
  /** True if offsets make up for the mean error. */
  readonly biasCorrection: boolean;
  readonly watch?: Watch | undefined;
}

/**
 * A fit that runs the integer network, as far as it is built, and the float graph on the
 * calibration sequences.
 *
 * @param words words of sequence i, for the network's input node.
 */
export function measuredFit(
  graph: FloatGraph,
  data: CalibrationData,
  words: (input: Node, i: number) => readonly Float64Array[],
  { weights, biasCorrection, watch }: MeasuredFitSettings,
): WeightFit {
  const float = traceFloat(graph, data, watch);
  const nodes = graph.nodes.length;
  let followed = 0;
  const traces = createTraces(words, data.count);
  const found = new Map<string, Moments>();
  const moments = ({ source, reads }: LinearMap): Moments => {
    const known = found.get(source.id);
    if (known !== undefined) return known;
    const made = momentsOf(traces.of(source.id), float(reads));
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

/** The vectors that matrices read on the calibration sequences: by id, per sequence. */
function traceFloat(
  graph: FloatGraph,
  { count, values }: CalibrationData,
  watch: Watch | undefined,
): (id: string) => readonly Float64Array[] {
  const kept = new Map<string, Float64Array[]>();
  for (const node of graph.nodes) if (node.op === 'matvec') kept.set(node.source, []);
  for (let i = 0; i < count; i++) {
    watch?.('float network', i, count);
    runGraph(graph, values(i), ({ id }, data) => kept.get(id)?.push(data));
  }
  return (id) => {
    const sequences = kept.get(id);
    if (sequences === undefined) throw new Error(`no float vectors of ${id}`);
    return sequences;
  };
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
    return real - sum * oneOrEach(format.scale, m);
  });
}
