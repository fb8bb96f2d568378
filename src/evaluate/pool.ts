import { Worker } from 'node:worker_threads';

export interface PoolRequest<Setup, Job, Result> {
  /** Compiled module of the worker; it answers every job, in order, with one result. */
  readonly worker: URL;
  /** What each worker is given at its start. */
  readonly setup: Setup;
  /** Jobs to run: 0 to count - 1. */
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
 * Runs jobs on worker threads.
 *
 * Rejects with the signal's reason when it is aborted, and with a worker's error; no worker
 * outlives the promise.
 */
export async function runJobs<Setup, Job, Result>(
  request: PoolRequest<Setup, Job, Result>,
): Promise<void> {
  const { count, threads, signal, setup, worker } = request;
  signal.throwIfAborted();
  if (count === 0) return;
  const workers = Array.from(
    { length: Math.max(1, Math.min(threads, count)) },
    () => new Worker(worker, { workerData: setup }),
  );
  let abort: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      abort = () => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort);
      distribute(workers, request, resolve, reject);
    });
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
    await Promise.all(workers.map(async (one) => one.terminate()));
  }
}

function distribute<Setup, Job, Result>(
  workers: readonly Worker[],
  { count, job, onResult }: PoolRequest<Setup, Job, Result>,
  resolve: () => void,
  reject: (error: Error) => void,
): void {
  let next = 0;
  let done = 0;
  for (const worker of workers) {
    const send = () => {
      if (next < count) worker.postMessage(job(next++));
    };
    worker.on('error', reject);
    worker.on('message', (result: Result) => {
      try {
        onResult(result);
        done += 1;
        if (done === count) resolve();
        else send();
      } catch (error) {
        reject(error as Error);
      }
    });
    for (let i = 0; i < QUEUED; i++) send();
  }
}

/**
 * The compiled module beside another one: threads run compiled code only, also where the module
 * that asks is TypeScript, as under the tests.
 */
export function compiledModule(name: string, beside: string): URL {
  const here = beside.replace(/\/src\/(\w+)\/([^/]*)\.ts$/, '/dist/$1/$2.js');
  return new URL(`./${name}.js`, here);
}
