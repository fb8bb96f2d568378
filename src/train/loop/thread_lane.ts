import { Worker } from 'node:worker_threads';
import { compiledModule } from '../../jobs/pool.js';
import type { Graph } from '../graph/graph.js';
import type { RunnerSize } from '../graph/memory.js';
import type { Lane } from './lane.js';

/** Start of a lane's thread. */
export interface LaneSetup {
  readonly graph: Graph;
  /** Ids in the float graph of the nodes, for a lane with integers. */
  readonly ids?: readonly string[];
  readonly size: RunnerSize;
}

/** A call of a lane's function, as a message to its thread. */
export type LaneRequest = {
  readonly [Call in keyof Lane]: {
    readonly call: Call;
    readonly args: Parameters<Lane[Call]>;
  };
}[keyof Lane];

export interface ThreadLane extends Lane {
  /** Ends the thread. */
  readonly close: () => Promise<void>;
}

/** A lane of float32 in a worker thread. It answers one call at a time. */
export function threadLane(setup: LaneSetup): ThreadLane {
  const worker = new Worker(compiledModule('lane_worker', import.meta.url), { workerData: setup });
  const ask = <Call extends keyof Lane>(
    call: Call,
    ...args: Parameters<Lane[Call]>
  ): Promise<Awaited<ReturnType<Lane[Call]>>> =>
    new Promise<Awaited<ReturnType<Lane[Call]>>>((resolve, reject) => {
      const onReply = (reply: Awaited<ReturnType<Lane[Call]>>): void => {
        worker.off('error', onError);
        resolve(reply);
      };
      const onError = (error: Error): void => {
        worker.off('message', onReply);
        reject(error);
      };
      worker.once('message', onReply);
      worker.once('error', onError);
      worker.postMessage({ call, args });
    });
  return {
    start: async (weights, sequences) => ask('start', weights, sequences),
    forward: async (phase, moments) => ask('forward', phase, moments),
    scores: async () => ask('scores'),
    startBackward: async (share) => ask('startBackward', share),
    whole: async (share) => ask('whole', share),
    wholeScores: async () => ask('wholeScores'),
    backward: async (phase, means) => ask('backward', phase, means),
    gradients: async () => ask('gradients'),
    close: async () => {
      await worker.terminate();
    },
  };
}
