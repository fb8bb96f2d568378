import { at } from '../../base/at.js';
import { at as element } from '../../float/s5/vector.js';
import { runGraph } from '../graph/run.js';
import { floatNodeById, type FloatGraph } from '../graph/types.js';
import { createRangeFinder, type RangeLimit, type RangeMethod } from './ranges.js';
import type { Watch } from './watch.js';

/** The calibration sequences, as they enter the float graph. */
export interface CalibrationData {
  /** Number of sequences. */
  readonly count: number;
  /** Real vectors of sequence i, [L, length of the input node]. */
  readonly values: (i: number) => Float64Array;
}

/** The way from the values of the calibration sequences to ranges. */
export interface CalibrationSettings {
  readonly method: RangeMethod;
  /** Factor on every range, > 0. */
  readonly margin: number;
  readonly watch?: Watch | undefined;
}

/** Ranges of the slots of a float graph over the calibration sequences. */
export interface Ranges {
  /** Largest magnitude of the values of nodes, times the margin. */
  readonly absMax: (ids: readonly string[]) => number;
  /** The magnitude that words of nodes should cover, by the method. */
  readonly limit: (ids: readonly string[]) => RangeLimit;
  /** Largest magnitude of re and im of each state of the nodes, times the margin: [P]. */
  readonly states: (ids: readonly string[]) => readonly number[];
}

/** Runs the float graph on the calibration sequences. */
export function calibrate(
  graph: FloatGraph,
  { count, values }: CalibrationData,
  { method, margin, watch }: CalibrationSettings,
): Ranges {
  const covered = new Set(
    graph.nodes.flatMap((node) =>
      'slot' in node && 'covers' in node.slot ? node.slot.covers : [],
    ),
  );
  // The range of a node that is not there would be 0.
  for (const id of covered) floatNodeById(graph, id);
  const finder = createRangeFinder(method, margin);
  const states = new Map<string, number[]>();
  for (let i = 0; i < count; i++) {
    watch?.('ranges', i, count);
    runGraph(graph, values(i), (node, data) => {
      if (!covered.has(node.id)) return;
      if (node.op === 'recurrence') {
        const maxima = states.get(node.id) ?? new Array<number>(node.length / 2).fill(0);
        states.set(node.id, maxima);
        raisePairs(maxima, data);
      } else {
        finder.see(node.id, data);
      }
    });
  }
  return {
    absMax: (ids) => Math.max(...ids.map((id) => finder.absMax(id))),
    limit(ids) {
      const limits = ids.map((id) => finder.limit(id));
      return (width) => Math.max(...limits.map((limit) => limit(width)));
    },
    states(ids) {
      const [first = [], ...others] = ids.map((id) => states.get(id) ?? []);
      return first.map(
        (max, p) => Math.max(max, ...others.map((maxima) => at(maxima, p))) * margin,
      );
    },
  };
}

/** Raises each of `maxima` to the largest magnitude of its pair of columns in `data`. */
function raisePairs(maxima: number[], data: Float64Array): void {
  for (let from = 0; from < data.length; from += 2 * maxima.length) {
    for (let p = 0; p < maxima.length; p++) {
      const [re, im] = [element(data, from + 2 * p), element(data, from + 2 * p + 1)];
      maxima[p] = Math.max(at(maxima, p), Math.abs(re), Math.abs(im));
    }
  }
}
