import { at, oneOrEach } from '../../base/at.js';
import { decibels } from '../../base/decibels.js';
import type { QuantizedModel } from '../../design/build.js';
import { createFastEmulator } from '../../network/emulate/fast/emulator.js';
import { noiseOf } from '../evaluate/quality.js';
import { joinSpreads, NO_SPREAD, spreadOf, type Spread } from '../evaluate/spread.js';
import { maxMagnitude } from '../../base/fixed/range.js';
import { weightsOf } from '../../network/ops/table.js';
import { isProved } from '../../network/proved.js';
import { inputNode, nodeById, type Node } from '../../network/types.js';
import { isClipped } from '../../network/quantize/clipping.js';
import { floatNodeById } from '../../network/graph/types.js';
import type { RealWeights } from '../../network/ops/spec.js';
import { joinClippings } from '../../network/quantize/input_words.js';
import { probeInput } from './input.js';
import { createLoopWatch, type LoopReport } from './loops.js';
import { createTracer } from './probe.js';

/** Words of a node over some sequences, compared with the values of the float network. */
export interface TensorReport {
  readonly id: string;
  readonly op: Node['op'];
  /** Elements per vector. */
  readonly length: number;
  readonly width: number;
  /** Real value of the last place: the least and the largest of all elements. */
  readonly scale: readonly [number, number];
  /** Largest real magnitude that the words cover, and the largest that the float network has. */
  readonly covers: number;
  readonly largest: number;
  /** Largest magnitude in the float network, as a part of what the words of its element cover. */
  readonly reach: number;
  /** proved: no input makes it clip. calibrated: it saturates. */
  readonly bound: 'proved' | 'calibrated';
  /** Words clipped, and all words. */
  readonly clippedWords: number;
  readonly words: number;
  /** Words clipped, as a part of all. */
  readonly clipped: number;
  /** Float values over the difference, dB, and that about the means; see `Noise`. */
  readonly sqnrDb: number;
  readonly variationSqnrDb: number | undefined;
  /** Root of the mean squared difference. */
  readonly noiseRms: number;
  readonly weights?: WeightReport;
}

export interface WeightReport {
  readonly width: number;
  readonly count: number;
  /** Weights whose nearest integer is beyond the word. */
  readonly clipped: number;
  /** Float weights over the difference, dB; see `decibels`. */
  readonly sqnrDb: number;
}

export interface TensorOptions {
  /** Sequences of the test data, from the first. */
  readonly samples: number;
  /** Longest sequence that the bounds are for, steps. */
  readonly maxLength: number;
  readonly pause: (done: number) => Promise<void>;
}

export interface NetworkReport {
  /** In the order of computation. */
  readonly tensors: readonly TensorReport[];
  readonly loops: readonly LoopReport[];
}

/** Every tensor of a network that was just quantised, and the rounding in its recurrences. */
export async function reportTensors(
  { network, floatGraph, words, values, clipping }: QuantizedModel,
  { samples, maxLength, pause }: TensorOptions,
): Promise<NetworkReport> {
  const graph = floatGraph();
  const tracer = createTracer({ network, graph });
  const emulator = createFastEmulator(network);
  const loops = createLoopWatch(network, graph, maxLength);
  const input = inputNode(network);
  const tallies = new Map<string, Tally>(
    network.nodes.map(({ id, length }) => [id, emptyTally(length)]),
  );
  for (let i = 0; i < samples; i++) {
    await pause(i);
    const vectors = words(i);
    emulator.run(vectors);
    const { float, integer } = tracer(probeInput(input, vectors, values(i)));
    loops.see(integer);
    for (const node of network.nodes) {
      const [real, whole, tally] = [float.get(node.id), integer.get(node.id), tallies.get(node.id)];
      if (real !== undefined && whole !== undefined && tally !== undefined) {
        addTo(tally, node, real.data, whole.data);
      }
    }
  }
  const clippedInput = joinClippings(Array.from({ length: samples }, (_, i) => clipping(i)));
  const tensors = network.nodes.map((node): TensorReport => {
    const { float, difference, largest, reach } = tallies.get(node.id) ?? emptyTally(0);
    const { scale, width } = node.format;
    const [least, most] = [Math.min(...scale), Math.max(...scale)];
    const count = float.reduce((sum, one) => sum + one.count, 0);
    const clipped =
      node.id === input.id ? clippedInput.clipped : (emulator.clipped.get(node.id) ?? 0);
    const { sqnrDb, variationSqnrDb, rms } = noiseOf(float, difference);
    const held = weightsOf(node, floatNodeById(graph, node.id), (id) => nodeById(network, id));
    return {
      id: node.id,
      op: node.op,
      length: node.length,
      width,
      scale: [least, most],
      covers: most * maxMagnitude(width),
      largest,
      reach,
      bound: isProved(network, node, maxLength) ? 'proved' : 'calibrated',
      clippedWords: clipped,
      words: count,
      clipped: count === 0 ? 0 : clipped / count,
      sqnrDb,
      variationSqnrDb,
      noiseRms: rms,
      ...(held === undefined ? {} : { weights: weightReport(held) }),
    };
  });
  return { tensors, loops: loops.report() };
}

/** A node over all sequences: each element, real. */
interface Tally {
  readonly float: Spread[];
  readonly difference: Spread[];
  largest: number;
  reach: number;
}

function emptyTally(length: number): Tally {
  const spreads = () => new Array<Spread>(length).fill(NO_SPREAD);
  return { float: spreads(), difference: spreads(), largest: 0, reach: 0 };
}

/** @param real, whole of one sequence, [L, length], in units of the node's format. */
function addTo(tally: Tally, node: Node, real: Float64Array, whole: Float64Array): void {
  const { length } = node;
  const max = maxMagnitude(node.format.width);
  const values = real.map((value, k) => value * scaleOf(node, k % length));
  const differences = real.map((value, k) => (at(whole, k) - value) * scaleOf(node, k % length));
  for (let h = 0; h < length; h++) {
    tally.float[h] = joinSpreads(tally.float[h] ?? NO_SPREAD, spreadOf(values, h, length));
    tally.difference[h] = joinSpreads(
      tally.difference[h] ?? NO_SPREAD,
      spreadOf(differences, h, length),
    );
  }
  real.forEach((value, k) => {
    tally.largest = Math.max(tally.largest, Math.abs(at(values, k)));
    // A word of one bit covers nothing but 0.
    tally.reach = Math.max(tally.reach, value === 0 ? 0 : Math.abs(value) / max);
  });
}

function scaleOf({ format }: Node, h: number): number {
  return oneOrEach(format.scale, h);
}

function weightReport({ whole, real, width, unit }: RealWeights): WeightReport {
  let [signal, noise, clipped] = [0, 0, 0];
  for (let i = 0; i < real.length; i++) {
    signal += at(real, i) ** 2;
    noise += (at(whole, i) - at(real, i)) ** 2;
    clipped += isClipped(at(real, i) / unit, width) ? 1 : 0;
  }
  return { width, count: real.length, clipped, sqnrDb: decibels(signal, noise) };
}
