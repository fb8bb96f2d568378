import { parentPort, workerData } from 'node:worker_threads';
import type { Job, Setup } from './job.js';
import { createRunner } from './run_job.js';

// A worker thread of `sensitivity.ts`.
const run = createRunner(workerData as Setup);
parentPort?.on('message', (job: Job) => {
  parentPort?.postMessage(run(job));
});
