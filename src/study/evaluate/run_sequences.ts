import { compiledModule, runJobs } from '../../jobs/pool.js';
import type { Job, Result, Setup } from './run_job.js';

export interface RunRequest extends Setup {
  /** Sequences to run: 0 to count - 1. */
  readonly count: number;
  readonly job: (index: number) => Job;
  /** 1 or more. */
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Called with every result, in any order. */
  readonly onResult: (result: Result) => void;
}

/**
 * Runs sequences on worker threads. Resolves to the number of words that each node clipped, by id,
 * which is the same for any number of threads. Rejects as `runJobs` does.
 */
export async function runSequences({
  network,
  model,
  onResult,
  ...request
}: RunRequest): Promise<ReadonlyMap<string, number>> {
  const sum = new Map<string, number>();
  await runJobs<Setup, Job, Result>({
    ...request,
    runner: compiledModule('run_job', import.meta.url),
    setup: { network, model },
    onResult: (result) => {
      for (const [id, count] of result.clipped) sum.set(id, (sum.get(id) ?? 0) + count);
      onResult(result);
    },
  });
  return new Map([...sum].sort(([a], [b]) => (a < b ? -1 : 1)));
}
