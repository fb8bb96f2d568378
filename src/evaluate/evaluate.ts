import type { QuantizedModel } from '../design/build.js';
import { nodeById } from '../network/types.js';
import { argmax } from '../s5/forward.js';
import type { Job, Result } from './job.js';
import { runSequences } from './run_sequences.js';

export interface EvaluationOptions {
  /** Test sequences to run, from the first. */
  readonly samples: number;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
  /** Whether the float network is run beside it; it takes several times as long. */
  readonly float: boolean;
}

/** The integer network beside the float one on test sequences. */
export interface Evaluation {
  readonly samples: number;
  /** Percent of the labelled sequences with the right class; undefined without labels. */
  readonly floatAccuracy: number | undefined;
  readonly integerAccuracy: number | undefined;
  /** Root of the mean squared difference to the targets; undefined without targets. */
  readonly floatError: number | undefined;
  readonly integerError: number | undefined;
  /** Percent of the outputs with the same largest element in both networks; with `float` only. */
  readonly agreement: number | undefined;
  /** Power of the float outputs over that of the difference, dB; with `float` only. */
  readonly outputSqnr: number | undefined;
  /** Words clipped, by node. */
  readonly clipped: ReadonlyMap<string, number>;
}

/** Runs both networks; nothing depends on the number of threads. */
export async function evaluate(
  { model, network, test, words }: QuantizedModel,
  { samples, threads, signal, onProgress, float }: EvaluationOptions,
): Promise<Evaluation> {
  const { length, format } = nodeById(network, network.output);
  const scales = Float64Array.from(
    { length },
    (_, h) => format.scale[format.scale.length === 1 ? 0 : h] ?? 1,
  );
  const tallies = new Array<Tally | undefined>(samples).fill(undefined);
  let done = 0;
  const clipped = await runSequences({
    network,
    model: float ? model : undefined,
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
  return {
    samples,
    clipped,
    ...summary(
      tallies.filter((one) => one !== undefined),
      float,
    ),
  };
}

function jobOf(index: number, vectors: readonly Float64Array[], values: Float64Array): Job {
  const [first = new Float64Array()] = vectors;
  const words = new Float64Array(vectors.length * first.length);
  vectors.forEach((vector, k) => {
    words.set(vector, k * first.length);
  });
  return { index, steps: vectors.length, words, values };
}

/** What one sequence adds. */
interface Tally {
  readonly labelled: boolean;
  /** Targets, and the squared differences to them. */
  readonly targets: number;
  readonly floatError: number;
  readonly integerError: number;
  readonly floatRight: boolean;
  readonly integerRight: boolean;
  readonly outputs: number;
  readonly agreeing: number;
  readonly signal: number;
  readonly noise: number;
}

function tally(
  result: Result,
  scales: Float64Array,
  label: number | undefined,
  target: Float64Array | undefined,
): Tally {
  const { length } = scales;
  const integer = result.integer.map((word, i) => word * (scales[i % length] ?? 1));
  let [agreeing, signal, noise] = [0, 0, 0];
  let [floatClass, integerClass] = [NaN, NaN];
  for (let from = 0; from < integer.length; from += length) {
    // The class of a sequence is that of its last output.
    integerClass = argmax(integer.subarray(from, from + length));
    floatClass = argmax(result.float.subarray(from, from + length));
    agreeing += integerClass === floatClass ? 1 : 0;
  }
  result.float.forEach((value, i) => {
    signal += value * value;
    noise += (value - (integer[i] ?? 0)) ** 2;
  });
  // Targets are of every output, or of the last one, which labels are of too.
  const distance = (outputs: Float64Array) =>
    (target ?? new Float64Array()).reduce((sum, value, i, { length: wanted }) => {
      const found = outputs[outputs.length - wanted + i] ?? NaN;
      return sum + (value - found) ** 2;
    }, 0);
  return {
    targets: target?.length ?? 0,
    floatError: distance(result.float),
    integerError: distance(integer),
    labelled: label !== undefined,
    floatRight: floatClass === label,
    integerRight: integerClass === label,
    outputs: integer.length / length,
    agreeing,
    signal,
    noise,
  };
}

/** Sums in the order of the sequences, so that they are the same to the last bit. */
function summary(tallies: readonly Tally[], float: boolean) {
  const sum = (of: (one: Tally) => number) => tallies.reduce((all, one) => all + of(one), 0);
  const labelled = sum((one) => Number(one.labelled));
  const percent = (right: number, of: number) => (100 * right) / of;
  const accuracy = (right: number) => (labelled === 0 ? undefined : percent(right, labelled));
  const agreeing = sum((one) => one.agreeing);
  const outputs = sum((one) => one.outputs);
  const targets = sum((one) => one.targets);
  const error = (squares: number) => (targets === 0 ? undefined : Math.sqrt(squares / targets));
  const ratio = sum((one) => one.signal) / sum((one) => one.noise);
  return {
    floatAccuracy: float ? accuracy(sum((one) => Number(one.floatRight))) : undefined,
    integerAccuracy: accuracy(sum((one) => Number(one.integerRight))),
    floatError: float ? error(sum((one) => one.floatError)) : undefined,
    integerError: error(sum((one) => one.integerError)),
    agreement: float ? percent(agreeing, outputs) : undefined,
    outputSqnr: float ? 10 * Math.log10(ratio) : undefined,
  };
}
