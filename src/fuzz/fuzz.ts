import { Qs5Error } from '../errors.js';
import type { Simulator } from '../simulate/simulate.js';
import { configText, randomCase, type FuzzCase } from './case.js';
import { runCase } from './run_case.js';
import { shrinkCase } from './shrink.js';

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  /** Number of the first case: with `count` 1 it repeats a single one. */
  readonly first: number;
  /** Every how many cases Verilator runs too; 0 for never. */
  readonly verilatorEvery: number;
  /** Cases run side by side. */
  readonly jobs: number;
  readonly version: string;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number) => void;
}

export interface FuzzFailure {
  readonly index: number;
  /** What went wrong in the case as found. */
  readonly reason: string;
  /** The simplest case found that fails. */
  readonly smallest: FuzzCase;
  /** Its config as a file. */
  readonly config: string;
}

export interface FuzzReport {
  readonly count: number;
  readonly seed: number;
  readonly words: number;
  /** Runs per simulator. */
  readonly runs: Readonly<Record<Simulator, number>>;
  readonly failures: readonly FuzzFailure[];
}

/** Tries at simplifying one failure. */
const SHRINK_TRIES = 60;

/** Runs random designs and their stimuli through all voices; failures are simplified. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { count, seed, first, verilatorEvery, jobs, signal, progress } = options;
  const runs: Record<Simulator, number> = { emulator: 0, model: 0, icarus: 0, verilator: 0 };
  const failures: FuzzFailure[] = [];
  let words = 0;
  let next = 0;
  let done = 0;

  const simulatorsOf = (index: number): Simulator[] =>
    verilatorEvery > 0 && index % verilatorEvery === 0
      ? ['emulator', 'model', 'icarus', 'verilator']
      : ['emulator', 'model', 'icarus'];
  const runOptions = { version: options.version, ...(signal === undefined ? {} : { signal }) };
  const worker = async () => {
    while (next < count) {
      signal?.throwIfAborted();
      const index = first + next;
      next += 1;
      const fuzzCase = randomCase(seed, index);
      const simulators = simulatorsOf(index);
      const reason = await failureOf(fuzzCase);
      if (reason !== undefined) {
        const fails = async (c: FuzzCase) => (await failureOf(c)) !== undefined;
        const smallest = await shrinkCase(fuzzCase, fails, SHRINK_TRIES);
        failures.push({ index, reason, smallest, config: configText(smallest) });
      }
      done += 1;
      progress?.(done);

      async function failureOf(candidate: FuzzCase): Promise<string | undefined> {
        try {
          const result = await runCase(candidate, simulators, runOptions);
          if (candidate === fuzzCase) {
            words += result.words;
            for (const { simulator } of result.runs) runs[simulator] += 1;
          }
          if (result.status === 'pass') return undefined;
          const bad = result.runs.find((r) => r.mismatches + r.cycleMismatches > 0);
          return `${bad?.simulator ?? '?'}: ${JSON.stringify(bad?.first ?? bad)}`;
        } catch (error) {
          if (signal?.aborted === true) throw error;
          // A missing tool stops everything; any other error is a failure of this case.
          if (error instanceof Qs5Error && error.code === 'E_TOOL_MISSING') throw error;
          return error instanceof Qs5Error ? error.format() : String(error);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return { count, seed, words, runs, failures: failures.sort((a, b) => a.index - b.index) };
}
