// @ts-check
/**
 * A training step of float32 compared with PyTorch: `npm run bench:torch`. An argument names one size.
 *
 * The same network, weights and batch for both. Debian's python3-torch and libopenblas0-pthread, or
 * QS5_PYTHON with another. Rounds take turns, so that the load of the machine meets all alike.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath, URL } from 'node:url';
import { at } from '#qs5/base/at.js';
import { find } from '#qs5/train/graph/graph_parameters.js';
import { EPS, LENGTH, SEQUENCES, SIZES, trainingStep } from './training_step.js';

const ROUNDS = 9;
/** The first rounds compile, and take memory from the system. */
const WARM_UP = 2;
const THREADS = [1, 2];
/** Formulations of the recurrence in torch_step.py. */
const FORMS = ['adjoint', 'loop', 'doubling'];
/** Rounds that choose the formulation with the least CPU time: the load of the machine changes wall time. */
const TRIALS = 3;
const PYTHON = process.env['QS5_PYTHON'] ?? '/usr/bin/python3';
const MEBIBYTE = 2 ** 20;

/**
 * @typedef {{ cpu: number, wall: number, loss: number, peak: number, gradients?: Record<string, number[]> }} Answer
 * @typedef {{ name: string, layers: number, features: number, stateSize: number, tile: number }} Size
 */

/** A process of PyTorch that answers requests for a step. @param {object} setup @param {number} threads */
function torchProcess(setup, threads) {
  const script = fileURLToPath(new URL('torch_step.py', import.meta.url));
  const child = spawn(PYTHON, [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      OPENBLAS_NUM_THREADS: String(threads),
      OMP_NUM_THREADS: String(threads),
      // A waiting thread must not take the time of the others.
      OMP_WAIT_POLICY: 'passive',
    },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.write(`${JSON.stringify(setup)}\n`);
  return {
    /** @param {object} request @returns {Promise<Answer>} */
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify({ threads, ...request })}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error('PyTorch ended');
      return JSON.parse(value);
    },
    close: async () => {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

/** A process of its own, so that its peak memory is that of a step. @param {Size} size @param {number} lanes */
function ownProcess(size, lanes) {
  const script = fileURLToPath(new URL('training_step.js', import.meta.url));
  const child = spawn(process.execPath, [script, size.name, String(lanes)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /** @returns {Promise<Answer>} */
    ask: async () => {
      child.stdin.write('step\n');
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the step ended');
      return JSON.parse(value);
    },
    close: async () => {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

/** @param {readonly number[]} list */
function median(list) {
  const sorted = list.toSorted((a, b) => a - b);
  return at(sorted, Math.floor(sorted.length / 2));
}

/**
 * Largest difference of two gradients relative to the largest one of its tensor, with the tensor's name.
 *
 * @param {ReadonlyMap<string, Float64Array>} own
 * @param {ReadonlyMap<string, Float64Array>} other
 */
function largestDifference(own, other) {
  let worst = { name: '', difference: 0 };
  for (const [name, wanted] of other) {
    const gradient = find(own, name);
    const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const apart = wanted.map((value, i) => Math.abs(value - at(gradient, i)));
    const difference = apart.reduce((most, value) => Math.max(most, value), 0) / size;
    if (!(difference <= worst.difference)) worst = { name, difference };
  }
  return worst;
}

/** Loss and gradients by PyTorch. @param {object} setup */
async function torchGradients(setup) {
  const { ask, close } = torchProcess(setup, 1);
  const { loss, gradients = {} } = await ask({ form: 'adjoint', gradients: true });
  await close();
  return {
    loss,
    gradients: new Map(
      Object.entries(gradients).map(([name, data]) => [name, Float64Array.from(data)]),
    ),
  };
}

/** @param {Size} size */
async function compare(size) {
  const { run, weights, graph, sequences, labels } = trainingStep(size, 1, size.tile);
  const setup = {
    parameters: graph.parameters.map(({ name, rows, columns }) => [
      ...[name, rows, columns],
      [...find(weights, name)],
    ]),
    input: sequences.flatMap(({ input }) => [...input]),
    labels,
    sequences: SEQUENCES,
    length: LENGTH,
    layers: size.layers,
    eps: EPS,
  };
  const own = await run();
  const exact = await trainingStep(size, 1, size.tile, 'float64').run();
  const other = await torchGradients(setup);
  const otherExact = await torchGradients({ ...setup, dtype: 'float64' });
  print(`${size.name}: loss ${own.loss.toFixed(7)}, PyTorch ${other.loss.toFixed(7)}`);
  print('  largest difference of a gradient, relative to the largest gradient of its tensor:');
  const compared = /** @type {const} */ ([
    ['float64, qs5 and PyTorch', exact, otherExact],
    ['float32, qs5 and PyTorch', own, other],
    ['qs5, float32 and float64', own, exact],
    ['PyTorch, float32 and float64', other, otherExact],
  ]);
  for (const [what, { gradients }, wanted] of compared) {
    const { name, difference } = largestDifference(gradients, wanted.gradients);
    print(`    ${what}: ${difference.toExponential(1)} (${name})`);
  }

  for (const threads of THREADS.filter((n) => n <= availableParallelism())) {
    const torch = torchProcess(setup, threads);
    const trials = new Map();
    for (const form of FORMS) {
      const times = [];
      for (let n = 0; n < TRIALS; n++) times.push((await torch.ask({ form })).cpu);
      trials.set(form, Math.min(...times));
    }
    const form = FORMS.toSorted((a, b) => trials.get(a) - trials.get(b))[0];
    await torch.close();
    const [ours, theirs] = [ownProcess(size, threads), torchProcess(setup, threads)];
    /** @type {{ ours: Answer, theirs: Answer }[]} */
    const rounds = [];
    for (let n = 0; n < ROUNDS + WARM_UP; n++) {
      rounds.push({ ours: await ours.ask(), theirs: await theirs.ask({ form }) });
    }
    await Promise.all([ours.close(), theirs.close()]);
    const measured = rounds.slice(WARM_UP);
    for (const clock of /** @type {const} */ (['cpu', 'wall'])) {
      const qs5 = median(measured.map((round) => round.ours[clock]));
      const pytorch = median(measured.map((round) => round.theirs[clock]));
      const ratio = median(measured.map((round) => round.theirs[clock] / round.ours[clock]));
      print(
        `  ${threads} threads, ${clock} time: qs5 ${qs5.toFixed(1)} ms, PyTorch ${pytorch.toFixed(1)} ms (${form}), ratio ${ratio.toFixed(2)}`,
      );
    }
    const { ours: last, theirs: lastOther } = at(measured, measured.length - 1);
    const mebibytes = (/** @type {number} */ bytes) => (bytes / MEBIBYTE).toFixed(0);
    print(
      `  ${threads} threads, peak memory: qs5 ${mebibytes(last.peak)} MiB, PyTorch ${mebibytes(lastOther.peak)} MiB; load ${at(loadavg(), 0).toFixed(1)}`,
    );
  }
}

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`);
}

execFileSync(PYTHON, ['-c', 'import torch'], { stdio: 'inherit' });
const [only] = process.argv.slice(2);
for (const size of SIZES.filter(({ name }) => only === undefined || only === name)) {
  await compare(size);
}
