import { Worker } from 'node:worker_threads';
import type { Job, Result, Setup } from './job.js';

export interface RunRequest extends Setup {
  /** Sequences to run: 0 to count - 1. */
  readonly count: number;
  readonly job: (index: number) => Job;
  /** At least 1. */
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Given every result, in any order. */
  readonly onResult: (result: Result) => void;
}

/** Jobs that a worker has at hand: one to run, and one that waits, so that it never does. */
const QUEUED = 2;

/**
 * Runs sequences on worker threads. Ends with the words that each node clipped, by id; the same
 * for any number of threads.
 *
 * Rejects with the signal's reason when it is aborted, and with a worker's error; no worker
 * outlives the promise.
 */
export async function runSequences(request: RunRequest): Promise<ReadonlyMap<string, number>> {
  const { count, threads, signal, network, model } = request;
  signal.throwIfAborted();
  const setup: Setup = { network, model };
  const workers = Array.from(
    { length: Math.max(1, Math.min(threads, count)) },
    () => new Worker(workerFile(), { workerData: setup }),
  );
  let abort: (() => void) | undefined;
  try {
    return await new Promise<ReadonlyMap<string, number>>((resolve, reject) => {
      abort = () => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort);
      distribute(workers, request, resolve, reject);
    });
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
    await Promise.all(workers.map(async (worker) => worker.terminate()));
  }
}

function distribute(
  workers: readonly Worker[],
  { count, job, onResult }: RunRequest,
  resolve: (clipped: ReadonlyMap<string, number>) => void,
  reject: (error: Error) => void,
): void {
  let next = 0;
  let done = 0;
  /** Counts since the start of each worker, its last word on it. */
  const counts = new Map<Worker, ReadonlyMap<string, number>>();
  if (count === 0) resolve(new Map());
  for (const worker of workers) {
    const send = () => {
      if (next >= count) return;
      const one = job(next++);
      worker.postMessage(one, [one.words.buffer as ArrayBuffer]);
    };
    worker.on('error', reject);
    worker.on('message', (result: Result) => {
      try {
        onResult(result);
        counts.set(worker, result.clipped);
        done += 1;
        if (done === count) resolve(total([...counts.values()]));
        else send();
      } catch (error) {
        reject(error as Error);
      }
    });
    for (let i = 0; i < QUEUED; i++) send();
  }
}

function total(counts: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const [id, count] of counts.flatMap((map) => [...map])) {
    sum.set(id, (sum.get(id) ?? 0) + count);
  }
  return new Map([...sum].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Threads run compiled code only, also where this module is TypeScript, as under the tests. */
function workerFile(): URL {
  const here = import.meta.url.replace(/\/src\/evaluate\/([^/]*)\.ts$/, '/dist/evaluate/$1.js');
  return new URL('./worker.js', here);
}
