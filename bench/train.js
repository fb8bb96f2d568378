// @ts-check
/**
 * One training step of float32: `npm run bench:train`.
 *
 * Prints CPU time of 50 sequences of 784 steps in one thread: forward, backward and the gradients of
 * the model's parameters. CPU time grows with the load of the machine too, which is printed.
 */
import { loadavg } from 'node:os';
import process from 'node:process';
import { at } from '#qs5/base/at.js';
import { draws, randomStream } from '#qs5/base/random.js';
import { initModel } from '#qs5/float/s5/init.js';
import { createFastEngine } from '#qs5/train/fast/engine.js';
import { graphParameters, modelGradients } from '#qs5/train/graph/graph_parameters.js';
import { createRunner } from '#qs5/train/graph/runner.js';
import { s5Graph } from '#qs5/train/graph/s5_graph.js';
import { batchGradients } from '#qs5/train/loop/batch.js';
import { localLane } from '#qs5/train/loop/lane.js';

/** @import { InitSpec } from '#qs5/float/s5/init.js' */

const ROUNDS = 11;
const SEQUENCES = 50;
const LENGTH = 784;
/** Steps of a tile. */
const TILES = [16, 64, 784];

const SIZES = [
  { name: '2x32x16', layers: 2, features: 32, stateSize: 16 },
  { name: '4x96x64', layers: 4, features: 96, stateSize: 64 },
];

/** @type {Omit<InitSpec, 'layers' | 'features' | 'stateSize'>} */
const COMMON = {
  inputs: 1,
  outputs: 10,
  activation: 'half_glu1',
  gelu: 'exact',
  sigmoid: 'exact',
  norm: 'batch',
  normBias: true,
  normEps: 1e-5,
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

/** @param {InitSpec} spec @param {number} tile */
async function measure(spec, tile) {
  const model = initModel(spec);
  const graph = s5Graph(model.shape, { dropout: false });
  const size = { sequences: SEQUENCES, length: LENGTH, tile };
  const lanes = [localLane(createRunner(createFastEngine(), graph, size))];
  const random = randomStream(1);
  const sequences = Array.from({ length: SEQUENCES }, (_, index) => ({
    input: draws(LENGTH, 1, random.uniform),
    masks: new Map(),
    target: { kind: /** @type {const} */ ('class'), label: index % 10 },
  }));
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    const { gradients } = await batchGradients(lanes, {
      graph,
      weights: { tensors: graphParameters(model, 1) },
      sequences,
      length: LENGTH,
    });
    modelGradients(model, 1, gradients);
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
  }
  // The first rounds compile.
  const sorted = times.slice(3).toSorted((a, b) => a - b);
  return { least: at(sorted, 0), median: at(sorted, Math.floor(sorted.length / 2)) };
}

const load = () => at(loadavg(), 0).toFixed(1);
const [only] = process.argv.slice(2);
for (const { name, ...sizes } of SIZES.filter((one) => only === undefined || one.name === only)) {
  for (const tile of TILES) {
    const { least, median } = await measure({ ...COMMON, ...sizes }, tile);
    process.stdout.write(
      `${name}, tile of ${tile}: ${least.toFixed(1)} ms least, ${median.toFixed(1)} ms median of CPU time; load ${load()}\n`,
    );
  }
}
