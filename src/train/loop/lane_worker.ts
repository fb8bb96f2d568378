/** The module of the worker thread of a lane. */
import { parentPort, workerData } from 'node:worker_threads';
import { createFastEngine } from '../fast/engine.js';
import { createRunner } from '../graph/runner.js';
import { createQuantizedRunner } from '../quantized/lane.js';
import { localLane } from './lane.js';
import type { LaneRequest, LaneSetup } from './thread_lane.js';

const { graph, ids, size } = workerData as LaneSetup;
const lane = localLane(
  ids === undefined
    ? createRunner(createFastEngine(), graph, size)
    : createQuantizedRunner({ graph, ids }, size),
);

async function answer(request: LaneRequest): Promise<unknown> {
  switch (request.call) {
    case 'start':
      return lane.start(...request.args);
    case 'forward':
      return lane.forward(...request.args);
    case 'scores':
      return lane.scores();
    case 'startBackward':
      return lane.startBackward(...request.args);
    case 'backward':
      return lane.backward(...request.args);
    case 'whole':
      return lane.whole(...request.args);
    case 'wholeScores':
      return lane.wholeScores();
    case 'gradients':
      return lane.gradients();
  }
}

parentPort?.on('message', (request: LaneRequest) => {
  void answer(request).then((reply) => {
    parentPort?.postMessage(reply);
  });
});
