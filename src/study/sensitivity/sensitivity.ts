import type { QuantizedModel } from '../../design/build.js';
import { compiledModule, runJobs } from '../../jobs/pool.js';
import { inputNode } from '../../network/types.js';
import { probeInput } from './input.js';
import type { Job, Result, Score, Setup } from './run_job.js';
import { quantisersOf, type Quantiser } from './switches.js';

export interface SensitivityOptions {
  /** Test sequences to run, from the first. */
  readonly samples: number;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** Outputs against those of the float network, over all sequences. */
export interface Quality {
  /** Power of the difference over that of the float outputs; 0: exact. Infinity: those are all 0. */
  readonly noise: number;
  /** Percent of the labelled sequences with the right class; undefined without labels. */
  readonly accuracy: number | undefined;
}

/** Cost of one quantiser. */
export interface Cost extends Quantiser {
  /** It alone at work. */
  readonly alone: Quality;
  /** All at work but it. */
  readonly without: Quality;
}

/** The error budget of an integer network. */
export interface Sensitivity {
  readonly samples: number;
  readonly float: Quality;
  readonly integer: Quality;
  /** The costliest first, by its noise alone. */
  readonly costs: readonly Cost[];
  /**
   * Noise of the whole less the sum of what each makes alone: what they do to each other. NaN
   * where the float outputs are all 0.
   */
  readonly remainder: number;
}

/** Switches every quantiser alone on and alone off; the same for any number of threads. */
export async function measureSensitivity(
  { network, floatGraph, words, values, test }: QuantizedModel,
  { samples, threads, signal, onProgress }: SensitivityOptions,
): Promise<Sensitivity> {
  const input = inputNode(network);
  const results = new Array<Result | undefined>(samples).fill(undefined);
  let done = 0;
  await runJobs<Setup, Job, Result>({
    runner: compiledModule('run_job', import.meta.url),
    setup: { network, graph: floatGraph() },
    count: samples,
    threads,
    signal,
    job: (index) => ({
      index,
      label: test.label(index),
      ...probeInput(input, words(index), values(index)),
    }),
    onResult: (result) => {
      results[result.index] = result;
      onProgress((done += 1));
    },
  });
  const all = results.filter((one) => one !== undefined);
  const labelled = all.filter(({ index }) => test.label(index) !== undefined).length;
  const power = all.reduce((sum, { signal: one }) => sum + one, 0);
  const quality = (of: (result: Result) => Score | undefined): Quality => {
    const scores = all.map(of);
    const right = scores.filter((score) => score?.right === true).length;
    const noise = scores.reduce((sum, score) => sum + (score?.noise ?? 0), 0);
    return {
      noise: noise === 0 ? 0 : noise / power,
      accuracy: labelled === 0 ? undefined : (100 * right) / labelled,
    };
  };
  const integer = quality((result) => result.integer);
  const costs = quantisersOf(network).map((quantiser, i): Cost => ({
    ...quantiser,
    alone: quality(({ alone }) => alone[i]),
    without: quality(({ without }) => without[i]),
  }));
  const sum = costs.reduce((total, { alone }) => total + alone.noise, 0);
  return {
    samples,
    float: quality((result) => result.float),
    integer,
    // Two infinite noises are equal; their difference would be NaN.
    costs: costs.sort((a, b) =>
      a.alone.noise === b.alone.noise ? 0 : b.alone.noise - a.alone.noise,
    ),
    remainder: integer.noise - sum,
  };
}
