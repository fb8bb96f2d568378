// @ts-check
/**
 * One training step of float32 of 50 sequences: forward, backward and the gradients of the model.
 *
 * `node bench/training_step.js SIZE THREADS` runs a step for each line of its input. The answer is
 * a line of JSON: times in milliseconds, loss and peak memory in bytes.
 */
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { draws, randomStream } from '#qs5/base/random.js';
import { initModel } from '#qs5/float/s5/init.js';
import { reference } from '#qs5/train/engine/reference.js';
import { createFastEngine } from '#qs5/train/fast/engine.js';
import { graphParameters, modelGradients } from '#qs5/train/graph/graph_parameters.js';
import { createRunner } from '#qs5/train/graph/runner.js';
import { s5Graph } from '#qs5/train/graph/s5_graph.js';
import { batchGradients } from '#qs5/train/loop/batch.js';
import { localLane } from '#qs5/train/loop/lane.js';
import { threadLane } from '#qs5/train/loop/thread_lane.js';

/** @import { InitSpec } from '#qs5/float/s5/init.js' */

export const SEQUENCES = 50;
export const LENGTH = 784;
export const EPS = 1e-5;

/** `tile`: the steps of a tile that are fastest. Calls take time, and rows of a tile stay in the L2 cache. */
export const SIZES = [
  { name: '2x32x16', layers: 2, features: 32, stateSize: 16, tile: 392 },
  { name: '4x96x64', layers: 4, features: 96, stateSize: 64, tile: 64 },
];

/** @type {Omit<InitSpec, 'layers' | 'features' | 'stateSize'>} */
export const COMMON = {
  inputs: 1,
  outputs: 10,
  activation: 'half_glu1',
  gelu: 'exact',
  sigmoid: 'exact',
  norm: 'batch',
  normBias: true,
  normEps: EPS,
  prenorm: true,
  conjSym: true,
  bidirectional: false,
  discretization: 'zoh',
  pooling: 'mean',
  seed: 7,
  blocks: 1,
  dtMin: 0.001,
  dtMax: 0.1,
  cInit: 'trunc_standard_normal',
};

/**
 * A network with a batch, and its step. One thread is this one.
 *
 * @param {Pick<InitSpec, 'layers' | 'features' | 'stateSize'>} sizes
 * @param {number} threads
 * @param {number} tile Steps of a tile.
 * @param {'float32' | 'float64'} arithmetic float64 in one thread only.
 */
export function trainingStep(
  { layers, features, stateSize },
  threads,
  tile,
  arithmetic = 'float32',
) {
  const model = initModel({ ...COMMON, layers, features, stateSize });
  const graph = s5Graph(model.shape, { dropout: false });
  const size = { sequences: Math.ceil(SEQUENCES / threads), length: LENGTH, tile };
  const workers =
    threads === 1 ? [] : Array.from({ length: threads }, () => threadLane({ graph, size }));
  const runner = () =>
    arithmetic === 'float32'
      ? createRunner(createFastEngine(), graph, size)
      : createRunner(reference, graph, size);
  const lanes = threads === 1 ? [localLane(runner())] : workers;
  const random = randomStream(1);
  const sequences = Array.from({ length: SEQUENCES }, (_, index) => ({
    input: draws(LENGTH, 1, random.uniform),
    masks: new Map(),
    target: { kind: /** @type {const} */ ('class'), label: index % 10 },
  }));
  const labels = sequences.map((_, index) => index % 10);
  return {
    weights: graphParameters(model, 1),
    graph,
    sequences,
    labels,
    /** Loss, and gradients of the graph's parameters. */
    run: async () => {
      const { loss, gradients } = await batchGradients(lanes, {
        graph,
        weights: { tensors: graphParameters(model, 1) },
        sequences,
        length: LENGTH,
      });
      modelGradients(model, 1, gradients);
      return { loss, gradients };
    },
    close: async () => {
      await Promise.all(workers.map(async (worker) => worker.close()));
    },
  };
}

/** @param {readonly string[]} args */
async function serve([name, threads]) {
  const size = SIZES.find((one) => one.name === name);
  if (size === undefined) throw new Error(`no size ${name}`);
  const { run, close } = trainingStep(size, Number(threads), size.tile);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === '') continue;
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    const { loss } = await run();
    const { user, system } = process.cpuUsage(cpu);
    const answer = {
      cpu: (user + system) / 1000,
      wall: performance.now() - start,
      loss,
      // Linux counts kilobytes.
      peak: 1024 * process.resourceUsage().maxRSS,
    };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  await close();
}

if (process.argv[1] === import.meta.filename) await serve(process.argv.slice(2));
