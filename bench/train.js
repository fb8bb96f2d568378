// @ts-check
/**
 * One training step in float32, and one through the integers: `npm run bench:train`.
 *
 * Prints CPU time of 50 sequences of 784 steps in one thread, both kinds in turn: forward, backward
 * and the gradients of the model's parameters. CPU time grows with the load of the machine too,
 * which is printed.
 */
import { loadavg } from 'node:os';
import process from 'node:process';
import { at } from '#qs5/base/at.js';
import { integerStep } from './integer_step.js';
import { SIZES, trainingStep } from './training_step.js';

const ROUNDS = 12;
/** Rounds that compile. */
const FIRST = 3;

/** CPU time, ms. @param {() => Promise<unknown>} run */
async function cost(run) {
  const start = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** @param {readonly number[]} times */
function summary(times) {
  const sorted = times.slice(FIRST).toSorted((a, b) => a - b);
  return { least: at(sorted, 0), median: at(sorted, Math.floor(sorted.length / 2)) };
}

const [only] = process.argv.slice(2);
for (const size of SIZES.filter(({ name }) => only === undefined || name === only)) {
  const { run } = trainingStep(size, 1, size.tile);
  const runIntegers = integerStep(size);
  const [float, integers] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  for (let round = 0; round < ROUNDS; round++) {
    float.push(await cost(run));
    integers.push(await cost(runIntegers));
  }
  const [own, other] = [summary(float), summary(integers)];
  const load = at(loadavg(), 0).toFixed(1);
  process.stdout.write(
    `${size.name}: float32 ${own.least.toFixed(1)} ms least, ${own.median.toFixed(1)} median; integers ${other.least.toFixed(1)} least, ${other.median.toFixed(1)} median; ratio ${(other.median / own.median).toFixed(2)}; load ${load}\n`,
  );
}
