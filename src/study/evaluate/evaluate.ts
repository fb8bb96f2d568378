import { at, oneOrEach } from '../../base/at.js';
import type { QuantizedModel } from '../../design/build.js';
import { inputNode, nodeById } from '../../network/types.js';
import { joinClippings, type InputClipping } from '../../network/quantize/input_words.js';
import { floatNetwork } from '../../train/inference/float_network.js';
import { argmax } from '../../float/s5/forward.js';
import {
  joinTallies,
  noiseOf,
  outputQuality,
  tallyOutputs,
  targetFit,
  type OutputQuality,
  type OutputTally,
  type TargetFit,
} from './quality.js';
import type { Job, Result } from './run_job.js';
import { runSequences } from './run_sequences.js';

export interface EvaluationOptions {
  /** Test sequences to run, from the first. */
  readonly samples: number;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
  /** The float network runs too, in float32. */
  readonly float: boolean;
}

/** Purpose of the outputs: labels make them classes, targets make them values. */
export type Task = 'classification' | 'regression' | 'unknown';

/** The integer and the float network on test sequences. */
export interface Evaluation {
  readonly samples: number;
  readonly task: Task;
  /** Percent of the labelled sequences with the right class; undefined without labels. */
  readonly floatAccuracy: number | undefined;
  readonly integerAccuracy: number | undefined;
  /** Fit of all outputs to their targets; undefined without targets. */
  readonly floatFit: TargetFit | undefined;
  readonly integerFit: TargetFit | undefined;
  /**
   * Percent of the outputs with the same largest element in both networks. With `float` only, and
   * only where outputs may be classes: without targets, and with more than one output.
   */
  readonly agreement: number | undefined;
  /** All outputs together, dB and root of the mean square; see `Noise`. With `float` only. */
  readonly outputSqnr: number | undefined;
  readonly outputVariationSqnr: number | undefined;
  readonly outputNoise: number | undefined;
  /** Each output; with `float` only. */
  readonly outputs: readonly OutputQuality[];
  /** Words clipped, by node, the input among them. */
  readonly clipped: ReadonlyMap<string, number>;
  readonly input: InputClipping;
}

/** Runs both networks. The result is the same for any number of threads. */
export async function evaluate(
  { floatModel, network, test, words, clipping }: QuantizedModel,
  { samples, threads, signal, onProgress, float }: EvaluationOptions,
): Promise<Evaluation> {
  const { length, format } = nodeById(network, network.output);
  const scales = Float64Array.from({ length }, (_, h) => oneOrEach(format.scale, h));
  const tallies = new Array<Tally | undefined>(samples).fill(undefined);
  let done = 0;
  const byNode = await runSequences({
    network,
    model: float ? floatNetwork(floatModel) : undefined,
    count: samples,
    threads,
    signal,
    job: (index) => jobOf(index, words(index), test.sequence(index)),
    onResult: (result) => {
      tallies[result.index] = tally(
        result,
        scales,
        test.label(result.index),
        test.target?.(result.index),
      );
      onProgress((done += 1));
    },
  });
  const input = joinClippings(Array.from({ length: samples }, (_, i) => clipping(i)));
  return {
    samples,
    input,
    clipped: withInput(byNode, inputNode(network).id, input),
    ...summary(
      tallies.filter((one) => one !== undefined),
      float,
    ),
  };
}

/** Counts by node and of the input, sorted; nodes that clip nothing are left out. */
export function withInput(
  byNode: Iterable<readonly [string, number]>,
  id: string,
  { clipped }: InputClipping,
): ReadonlyMap<string, number> {
  const counts = [...byNode, [id, clipped] as const].filter(([, count]) => count > 0);
  return new Map(counts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function jobOf(index: number, vectors: readonly Float64Array[], values: Float64Array): Job {
  const [first = new Float64Array()] = vectors;
  const words = new Float64Array(vectors.length * first.length);
  vectors.forEach((vector, k) => {
    words.set(vector, k * first.length);
  });
  return { index, steps: vectors.length, words, values };
}

/** Contribution of one sequence. */
interface Tally {
  readonly labelled: boolean;
  readonly floatRight: boolean;
  readonly integerRight: boolean;
  readonly hasTarget: boolean;
  readonly vectors: number;
  readonly agreeing: number;
  readonly outputs: readonly OutputTally[];
}

function tally(
  { integer: words, float }: Result,
  scales: Float64Array,
  label: number | undefined,
  target: Float64Array | undefined,
): Tally {
  const { length } = scales;
  const integer = words.map((word, i) => word * at(scales, i % length));
  let agreeing = 0;
  let [floatClass, integerClass] = [NaN, NaN];
  for (let from = 0; from < integer.length; from += length) {
    // The class of a sequence is that of its last output.
    integerClass = argmax(integer.subarray(from, from + length));
    floatClass = argmax(float.subarray(from, from + length));
    agreeing += integerClass === floatClass ? 1 : 0;
  }
  return {
    labelled: label !== undefined,
    floatRight: floatClass === label,
    integerRight: integerClass === label,
    hasTarget: target !== undefined,
    vectors: integer.length / length,
    agreeing,
    outputs: tallyOutputs({ float, integer, target }, length),
  };
}

/** Sums in the order of the sequences, so that they are the same to the last bit. */
function summary(tallies: readonly Tally[], float: boolean) {
  const sum = (of: (one: Tally) => number) => tallies.reduce((all, one) => all + of(one), 0);
  const labelled = sum((one) => Number(one.labelled));
  const accuracy = (right: number) => (labelled === 0 ? undefined : (100 * right) / labelled);
  const hasTargets = tallies.some((one) => one.hasTarget);
  const width = tallies[0]?.outputs.length ?? 0;
  const outputs = Array.from({ length: width }, (_, h) =>
    joinTallies(tallies.flatMap((one) => one.outputs[h] ?? [])),
  );
  const task: Task = labelled > 0 ? 'classification' : hasTargets ? 'regression' : 'unknown';
  const classes = task !== 'regression' && width > 1;
  const noise = float
    ? noiseOf(
        outputs.map((one) => one.float),
        outputs.map((one) => one.difference),
      )
    : undefined;
  return {
    task,
    floatAccuracy: float ? accuracy(sum((one) => Number(one.floatRight))) : undefined,
    integerAccuracy: accuracy(sum((one) => Number(one.integerRight))),
    floatFit: targetFit(outputs, ({ floatMiss }) => floatMiss),
    integerFit: targetFit(outputs, ({ integerMiss }) => integerMiss),
    agreement:
      float && classes ? (100 * sum((one) => one.agreeing)) / sum((one) => one.vectors) : undefined,
    outputSqnr: noise?.sqnrDb,
    outputVariationSqnr: noise?.variationSqnrDb,
    outputNoise: noise?.rms,
    outputs: float ? outputs.map(outputQuality) : [],
  };
}
