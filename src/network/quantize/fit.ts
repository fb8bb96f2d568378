import { oneOrEach } from '../../base/at.js';
import type { MatvecNode, Node } from '../types.js';
import { quantizeValue } from './scales.js';

/** A real matrix on its way to integers. */
export interface LinearMap {
  /** Columns are the words of this node. */
  readonly source: Node;
  /** Id of the node of the float graph with the real values of those words. */
  readonly reads: string;
  /** Real rows over real inputs. */
  readonly rows: readonly Float64Array[];
}

/** The method that makes integers of real weights. */
export interface WeightFit {
  /** Called with every node, in order. */
  follow(node: Node): void;
  /**
   * Real rows over the *words* of the source, in place of the float network's over its real
   * values: at best the same, times the scale of each column.
   */
  rows(map: LinearMap, width: number): Float64Array[];
  /** Words of rows of real weights, each in units of its last place: [rows, words of the source]. */
  words(map: LinearMap, rows: readonly Float64Array[], width: number): Int32Array;
  /** Mean error at the outputs of a matvec, real, [rows]; undefined: not known. */
  bias(map: LinearMap, matvec: MatvecNode): Float64Array | undefined;
}

/** Rows over words: every column at the scale of its word. */
export function rowsOverWords({ source, rows }: LinearMap): Float64Array[] {
  const { scale } = source.format;
  return rows.map((row) => row.map((weight, n) => weight * oneOrEach(scale, n)));
}

/** Every weight to its nearest integer. */
export const nearestFit: WeightFit = {
  follow: () => undefined,
  rows: rowsOverWords,
  words(map, rows, width) {
    const { length } = map.source;
    const words = new Int32Array(rows.length * length);
    rows.forEach((row, m) => {
      row.forEach((weight, n) => (words[m * length + n] = quantizeValue(weight, 1, width)));
    });
    return words;
  },
  bias: () => undefined,
};
