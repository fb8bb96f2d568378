import { at } from '../../base/at.js';
import { lambdaAsIntegers, type IntegerNetwork, type RecurrenceNode } from '../../network/types.js';
import { median } from '../../base/median.js';
import type { Rounding } from '../../base/fixed/rounding.js';
import { polesPushedOut } from '../../network/quantize/lambda.js';
import { floatNodeById, type FloatGraph } from '../../network/graph/types.js';
import type { Traces } from './probe.js';

/** Rounding in the loop of one recurrence, in units of the last place (LSB) of its states. */
export interface LoopReport {
  /** Id of the recurrence. */
  readonly id: string;
  readonly rounding: Rounding;
  readonly states: number;
  /**
   * Bound of the error that rounding alone leaves in a state of a constant sign, LSB: the loss of
   * one step times the sum of |lambda|^k over the longest sequence. Values: of the slowest pole, and the
   * median of all.
   */
  readonly biasBound: { readonly largest: number; readonly median: number };
  /** Root mean square of B u, LSB: of the state with the least, and the median of all. */
  readonly drive: { readonly least: number; readonly median: number };
  /** Root mean square of the states, LSB: of the state with the least, and the median of all. */
  readonly state: { readonly least: number; readonly median: number };
  /** States whose own bias bound is above the root mean square of the state. */
  readonly hidden: number;
  /** Bits that `state` lacks for every bias bound to be below its state; 0 where none is hidden. */
  readonly bitsShort: number;
  /** Poles that plain rounding would have put on or outside the unit circle. */
  readonly pushedOut: number;
}

/** Largest error of one rounding, LSB. */
function stepLoss(rounding: Rounding): number {
  return rounding === 'toward_zero' ? 1 : 0.5;
}

/** Collects what the recurrences of a network do on some sequences. */
export interface LoopWatch {
  /** Takes the integer words of one sequence. */
  see(words: Traces): void;
  report(): LoopReport[];
}

/** @param maxLength longest sequence, steps. */
export function createLoopWatch(
  network: IntegerNetwork,
  graph: FloatGraph,
  maxLength: number,
): LoopWatch {
  const loops = network.nodes.filter((node) => node.op === 'recurrence');
  const sums = new Map<string, Squares>();
  for (const { id, source, length } of loops) {
    for (const name of [id, `${id} ${source}`]) sums.set(name, squaresOf(length / 2));
  }
  return {
    see(words) {
      for (const { id, source } of loops) {
        sums.get(id)?.add(words.get(id)?.data);
        sums.get(`${id} ${source}`)?.add(words.get(source)?.data);
      }
    },
    report: () =>
      loops.map((node) => {
        const state = sums.get(node.id)?.roots() ?? [];
        const drive = sums.get(`${node.id} ${node.source}`)?.roots() ?? [];
        const bounds = biasBounds(node, maxLength);
        // A state that nothing drives stays at zero, and loses nothing.
        const excess = bounds.flatMap((bound, p) => {
          const size = at(state, p);
          return size > 0 && bound > size ? [bound / size] : [];
        });
        return {
          id: node.id,
          rounding: node.rounding,
          states: node.length / 2,
          biasBound: { largest: Math.max(...bounds), median: middle(bounds) },
          drive: { least: Math.min(...drive), median: middle(drive) },
          state: { least: Math.min(...state), median: middle(state) },
          hidden: excess.length,
          bitsShort: Math.ceil(Math.log2(Math.max(1, ...excess))),
          pushedOut: pushedOut(graph, node),
        };
      }),
  };
}

function pushedOut(graph: FloatGraph, { id, lambda, format }: RecurrenceNode): number {
  const node = floatNodeById(graph, id);
  if (node.op !== 'recurrence') throw new Error(`${id} is ${node.op} in the float graph`);
  return polesPushedOut(node, lambda, format.width);
}

function middle(values: readonly number[]): number {
  return median(values) ?? 0;
}

function biasBounds({ lambda, rounding }: RecurrenceNode, maxLength: number): number[] {
  const { re, im } = lambdaAsIntegers(lambda);
  const unit = 2 ** lambda.frac;
  return re.map((c, p) => {
    const radius = Math.hypot(c / unit, at(im, p) / unit);
    const sum = radius >= 1 ? maxLength : (1 - radius ** maxLength) / (1 - radius);
    return stepLoss(rounding) * sum;
  });
}

/** Mean squares of complex words, re and im together. */
interface Squares {
  add(data: Float64Array | undefined): void;
  /** Root of the mean square of a part of each state. */
  roots(): number[];
}

function squaresOf(states: number): Squares {
  const sums = new Float64Array(states);
  let steps = 0;
  return {
    add(data = new Float64Array()) {
      data.forEach((word, i) => {
        const p = Math.floor((i % (2 * states)) / 2);
        sums[p] = at(sums, p) + word * word;
      });
      steps += data.length / (2 * states);
    },
    roots: () => Array.from(sums, (sum) => Math.sqrt(sum / Math.max(1, 2 * steps))),
  };
}
