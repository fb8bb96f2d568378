/** The module of every worker thread of `pool.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { RunnerModule, WorkerData } from './pool.js';

const { runner, setup } = workerData as WorkerData;
const { createRunner } = (await import(runner)) as RunnerModule<unknown, unknown, unknown>;
const run = createRunner(setup);
parentPort?.on('message', (job: unknown) => {
  parentPort?.postMessage(run(job));
});
