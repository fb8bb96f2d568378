import { Worker } from 'node:worker_threads';

/** A module whose jobs a pool can run. */
export interface RunnerModule<Setup, Job, Result> {
  /** Called once in each thread; the function that it returns runs one job after the other. */
  readonly createRunner: (setup: Setup) => (job: Job) => Result;
}

/** Start of a thread. */
export interface WorkerData {
  /** Address of a compiled `RunnerModule`. */
  readonly runner: string;
  readonly setup: unknown;
}

export interface PoolRequest<Setup, Job, Result> {
  /** Address of a compiled `RunnerModule`; see `compiledModule`. */
  readonly runner: URL;
  /** Given to each thread at its start. */
  readonly setup: Setup;
  /** Jobs to run: 0 to count - 1. */
  readonly count: number;
  readonly job: (index: number) => Job;
  /** 1 or more. */
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Called with every result, in any order. */
  readonly onResult: (result: Result) => void;
}

/** Jobs in a thread: one that runs and one that waits, so that the thread never does. */
const QUEUED = 2;

/**
 * Runs jobs on worker threads.
 *
 * Rejects with the reason of the signal when the signal is aborted, and with the error of a job.
 * Every thread has ended when the promise settles.
 */
export async function runJobs<Setup, Job, Result>(
  request: PoolRequest<Setup, Job, Result>,
): Promise<void> {
  const { count, threads, signal, setup, runner } = request;
  signal.throwIfAborted();
  if (count === 0) return;
  const workerData: WorkerData = { runner: runner.href, setup };
  const workers = Array.from(
    { length: Math.max(1, Math.min(threads, count)) },
    () => new Worker(compiledModule('worker', import.meta.url), { workerData }),
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
 * Address of a compiled module in the folder of another module. Threads run compiled code only,
 * also under the tests, where the other module is TypeScript.
 */
export function compiledModule(name: string, beside: string): URL {
  const here = beside.replace(/\/src\/(.+)\/([^/]*)\.ts$/, '/dist/$1/$2.js');
  return new URL(`./${name}.js`, here);
}
