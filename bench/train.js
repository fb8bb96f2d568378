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
import { SIZES, trainingStep } from './training_step.js';

const ROUNDS = 11;
/** Steps of a tile. */
const TILES = [16, 64, 392, 784];

/** @param {Parameters<typeof trainingStep>[0]} size @param {number} tile */
async function measure(size, tile) {
  const { run } = trainingStep(size, 1, tile);
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
  }
  // The first rounds compile.
  const sorted = times.slice(3).toSorted((a, b) => a - b);
  return { least: at(sorted, 0), median: at(sorted, Math.floor(sorted.length / 2)) };
}

const load = () => at(loadavg(), 0).toFixed(1);
const [only] = process.argv.slice(2);
for (const size of SIZES.filter(({ name }) => only === undefined || name === only)) {
  for (const tile of TILES) {
    const { least, median } = await measure(size, tile);
    process.stdout.write(
      `${size.name}, tile of ${tile}: ${least.toFixed(1)} ms least, ${median.toFixed(1)} ms median of CPU time; load ${load()}\n`,
    );
  }
}
