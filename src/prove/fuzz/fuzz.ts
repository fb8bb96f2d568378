import { setImmediate } from 'node:timers/promises';
import type { Simulator } from '../simulate/simulate.js';
import { configText, kindOf, randomCase } from './case.js';
import type { FuzzCase } from './fuzz_case.js';
import { countRefusals, type Refusals } from './refusals.js';
import { runCase } from './run_case.js';
import type { QualityCase } from './quality/case.js';
import { createQualityTally, type QualityReport, type QualityFailure } from './quality/tally.js';
import { shrinkCase } from './shrink.js';
import { stopsAll, verdictOfError } from './verdict.js';

/**
 * Kinds of cases per number: a random design with its stimulus, and a random model for its noise.
 */
export const KINDS = ['designs', 'models'] as const;
export type Kind = (typeof KINDS)[number];

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  /** Number of the first case; with `count` 1 it repeats this case. */
  readonly first: number;
  /** Period of the cases for Verilator; 0: never. */
  readonly verilatorEvery: number;
  /** Parallel cases. */
  readonly jobs: number;
  readonly version: string;
  /** Default: both kinds. */
  readonly only?: Kind;
  /** After an abort no case starts, and the report covers the finished cases. */
  readonly signal?: AbortSignal;
  readonly progress?: (done: number) => void;
  /** Called with each failure at once, and again after it was simplified. */
  readonly found?: (failure: FuzzFailure, simplified: boolean) => void | Promise<void>;
  /** Called with each failing model at once. */
  readonly foundModel?: (failure: QualityFailure) => void;
  /** Called with each failing model after it was simplified. */
  readonly simplifiedModel?: (index: number, smallest: QualityCase) => void | Promise<void>;
}

export interface FuzzFailure {
  readonly index: number;
  /** Reason of the original failure. */
  readonly reason: string;
  /** The simplest failing case. */
  readonly smallest: FuzzCase;
  /** Its config as a file. */
  readonly config: string;
}

/** A case without a verdict, because a program exceeded its limit on time or memory. */
export interface FuzzUndecided {
  readonly index: number;
  readonly reason: string;
  /** The config of the case as a file. */
  readonly config: string;
}

export interface FuzzReport {
  readonly count: number;
  readonly seed: number;
  /** True if every case ran, false after an interruption. */
  readonly complete: boolean;
  /** Finished cases, with or without a verdict. */
  readonly done: number;
  readonly words: number;
  /** Runs per simulator. */
  readonly runs: Readonly<Record<Simulator, number>>;
  /** Refused designs by kind. */
  readonly refusals: Refusals;
  readonly failures: readonly FuzzFailure[];
  readonly undecided: readonly FuzzUndecided[];
  /** Report of the models. */
  readonly quality: QualityReport;
}

/** Limit on the steps to simplify one failure. */
const SHRINK_TRIES = 60;

type Verdict =
  | { readonly kind: 'pass' | 'refused' }
  | { readonly kind: 'fail' | 'undecided'; readonly reason: string };

/** Runs random designs and stimuli in all models and simulators, and simplifies failures. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { count, seed, first, verilatorEvery, jobs, progress, found } = options;
  const runs: Record<Simulator, number> = { emulator: 0, model: 0, icarus: 0, verilator: 0 };
  const failures = new Map<number, FuzzFailure>();
  const undecided: FuzzUndecided[] = [];
  const refusals = countRefusals();
  let words = 0;
  let next = 0;
  let done = 0;

  // An error in one worker stops all, because no listener remains.
  const stop = new AbortController();
  const { signal } = stop;
  const interrupted = () => options.signal?.aborted === true;
  const interrupt = () => {
    stop.abort(options.signal?.reason);
  };
  if (interrupted()) interrupt();
  options.signal?.addEventListener('abort', interrupt, { once: true });
  let cause: Error | undefined;
  const simulatorsOf = (index: number): Simulator[] =>
    verilatorEvery > 0 && index % verilatorEvery === 0
      ? ['emulator', 'model', 'icarus', 'verilator']
      : ['emulator', 'model', 'icarus'];

  const verdictOf = async (
    candidate: FuzzCase,
    simulators: readonly Simulator[],
    counts: boolean,
  ): Promise<Verdict> => {
    try {
      const result = await runCase(candidate, simulators, { version: options.version, signal });
      const refused = 'refused' in result ? result.refused : undefined;
      if (counts) refusals.add(kindOf(candidate), refused);
      if ('refused' in result) return { kind: 'refused' };
      if (counts) {
        words += result.words;
        for (const { simulator } of result.runs) runs[simulator] += 1;
      }
      if (result.status === 'pass') return { kind: 'pass' };
      const bad = result.runs.find((r) => r.mismatches + r.cycleMismatches > 0);
      const reason = `${bad?.simulator ?? '?'}: ${JSON.stringify(bad?.first ?? bad)}`;
      return { kind: 'fail', reason };
    } catch (error) {
      if (signal.aborted || stopsAll(error)) throw error;
      return verdictOfError(error);
    }
  };

  const { foundModel } = options;
  const quality = createQualityTally(seed, {
    ...{ version: options.version, signal },
    ...(foundModel === undefined ? {} : { found: foundModel }),
  });
  const runOne = async (index: number): Promise<void> => {
    if (options.only !== 'designs') {
      const failing = await quality.run(index);
      if (failing !== undefined) await options.simplifiedModel?.(index, failing);
    }
    if (options.only !== 'models') await runDesign(index);
    else progress?.((done += 1));
  };

  const runDesign = async (index: number): Promise<void> => {
    const fuzzCase = randomCase(seed, index);
    const simulators = simulatorsOf(index);
    const verdict = await verdictOf(fuzzCase, simulators, true);
    if (verdict.kind === 'undecided') {
      undecided.push({ index, reason: verdict.reason, config: configText(fuzzCase) });
    }
    // The verdict stays, even if simplification is interrupted.
    done += 1;
    progress?.(done);
    if (verdict.kind !== 'fail') return;
    const { reason } = verdict;
    const keep = (smallest: FuzzCase): FuzzFailure => {
      const failure = { index, reason, smallest, config: configText(smallest) };
      failures.set(index, failure);
      return failure;
    };
    await found?.(keep(fuzzCase), false);
    const fails = async (candidate: FuzzCase) => {
      const failed = (await verdictOf(candidate, simulators, false)).kind === 'fail';
      if (failed) keep(candidate);
      return failed;
    };
    await found?.(keep(await shrinkCase(fuzzCase, fails, SHRINK_TRIES)), true);
  };

  const worker = async () => {
    while (next < count && !signal.aborted) {
      const index = first + next;
      next += 1;
      try {
        // A signal arrives only between two turns of the event loop.
        await setImmediate();
        signal.throwIfAborted();
        await runOne(index);
      } catch (error) {
        // The earliest error. Later errors come from workers that it stopped.
        cause ??= error instanceof Error ? error : new Error(String(error));
        stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  options.signal?.removeEventListener('abort', interrupt);
  // An interruption returns the report; any other error is thrown.
  if (cause !== undefined && !interrupted()) throw cause;
  const byIndex = (a: { index: number }, b: { index: number }) => a.index - b.index;
  return {
    ...{
      count,
      seed,
      complete: done === count && !interrupted(),
      done,
      words,
      runs,
      refusals: refusals.counts,
    },
    failures: [...failures.values()].sort(byIndex),
    undecided: undecided.sort(byIndex),
    quality: quality.report(),
  };
}
