// @ts-check
/**
 * The fast emulator compared with plain C and Verilator: `npm run bench`.
 *
 * Each runs the same sequences through the same integer network, and the words are compared. C and
 * the emulator take turns, several rounds in one run. Medians are printed, as sequences per second
 * and as ratios.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { promisify } from 'node:util';
import { at } from '#qs5/base/at.js';
import { loadConfig } from '#qs5/config/load.js';
import { runCycleModel } from '#qs5/hardware/cycle/model.js';
import { buildDesign } from '#qs5/design/build.js';
import { createFastEmulator } from '#qs5/network/emulate/fast/emulator.js';
import { runSequences } from '#qs5/study/evaluate/run_sequences.js';
import { renderTable } from '#qs5/app/report/table.js';
import { benchFiles, hardwareFiles } from '#qs5/hardware/folder/files.js';
import { testStimulus } from '#qs5/prove/simulate/test_stimulus.js';
import { writeFiles } from '#qs5/hardware/folder/write_folder.js';
import { cProgram } from './c_program.js';

/** @import { Design } from '#qs5/design/build.js' */
/** @import { IntegerNetwork } from '#qs5/network/types.js' */

const run = promisify(execFile);
const ROUNDS = 5;

/** Sequences per round, and those that Verilator runs. */
const SIZES = [
  { file: 'configs/smnist.yaml', count: 1500, verilator: 2 },
  { file: 'configs/smnist-paper.yaml', count: 200, verilator: 1 },
];

/** @param {readonly number[]} values */
const median = (values) =>
  at(
    values.toSorted((a, b) => a - b),
    Math.floor(values.length / 2),
  );
/** @param {() => Promise<unknown>} task */
const seconds = async (task) => {
  const start = performance.now();
  await task();
  return (performance.now() - start) / 1000;
};

const rows = [];
for (const size of SIZES) rows.push(...(await measure(size)));
process.stdout.write(
  renderTable({
    head: ['network', 'runner', 'threads', 'sequences/s', 'of plain C', 'range'],
    align: ['left', 'left', 'right', 'right', 'right', 'right'],
    rows,
  }),
);

/** @param {typeof SIZES[number]} size */
async function measure({ file, count, verilator }) {
  const design = await buildDesign(await loadConfig(file));
  const folder = await mkdtemp(join(tmpdir(), 'qs5-bench-'));
  try {
    const sequences = Array.from({ length: count }, (_, i) => design.words(i));
    const c = await buildC(folder, design.network, sequences);
    const words = await emulatorWords(design.network, sequences);
    /** @type {Record<'c1' | 'c2' | 'wasm' | 'wasm1' | 'wasm2', number[]>} */
    const times = { c1: [], c2: [], wasm: [], wasm1: [], wasm2: [] };
    for (let round = 0; round < ROUNDS; round++) {
      process.stderr.write(`${file}: round ${round + 1} of ${ROUNDS}\n`);
      times.c1.push(await c.time(1));
      times.wasm.push(words.time());
      times.wasm1.push(await threads(design.network, sequences, 1));
      times.c2.push(await c.time(2));
      times.wasm2.push(await threads(design.network, sequences, 2));
    }
    compare(await c.outputs(), words.outputs, file);
    process.stderr.write(`${file}: Verilator\n`);
    const rtl = await verilatorTime(folder, design, verilator);
    const base = count / median(times.c1);
    /**
     * @param {string} runner
     * @param {number} n threads
     * @param {readonly number[]} list seconds of each round
     * @param {number} of sequences
     */
    const row = (runner, n, list, of = count) => {
      const rate = of / median(list);
      /** @param {number} t */
      const each = (t) => (of / t).toFixed(0);
      return [
        design.plan.name,
        runner,
        String(n),
        rate < 10 ? rate.toFixed(2) : rate.toFixed(0),
        (rate / base).toFixed(rate / base < 0.1 ? 4 : 2),
        list.length > 1 ? `${each(Math.max(...list))} to ${each(Math.min(...list))}` : '',
      ];
    };
    return [
      row('plain C, -O3 -march=native', 1, times.c1),
      row('plain C, two processes', 2, times.c2),
      row('emulator', 1, times.wasm),
      row('emulator, worker thread', 1, times.wasm1),
      row('emulator, worker threads', 2, times.wasm2),
      row('Verilator, no waves', 1, [rtl], verilator),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The C program of a network, with the sequences in a file.
 *
 * @param {string} folder
 * @param {IntegerNetwork} network
 * @param {readonly (readonly Float64Array[])[]} sequences
 */
async function buildC(folder, network, sequences) {
  const source = join(folder, 'network.c');
  const program = join(folder, 'network');
  await writeFile(source, cProgram(network));
  await run('gcc', ['-O3', '-march=native', '-o', program, source]);
  const { length } = at(sequences, 0);
  const half = Math.ceil(sequences.length / 2);
  const parts = { all: sequences, a: sequences.slice(0, half), b: sequences.slice(half) };
  for (const [name, part] of Object.entries(parts)) {
    const flat = Int16Array.from(part.flatMap((steps) => steps.flatMap((step) => [...step])));
    await writeFile(join(folder, `${name}.words`), new Uint8Array(flat.buffer));
  }
  /** @param {keyof typeof parts} name */
  const one = async (name) => {
    const [words, outputs] = [join(folder, `${name}.words`), join(folder, `${name}.out`)];
    const args = [words, String(parts[name].length), String(length), '1', outputs];
    return Number((await run(program, args)).stdout);
  };
  return {
    /** @param {1 | 2} processes */
    time: async (processes) =>
      processes === 1 ? one('all') : Math.max(...(await Promise.all([one('a'), one('b')]))),
    outputs: async () => {
      const bytes = await readFile(join(folder, 'all.out'));
      return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    },
  };
}

/**
 * The emulator in this thread, once the engine has compiled it.
 *
 * @param {IntegerNetwork} network
 * @param {readonly (readonly Float64Array[])[]} sequences
 */
function emulatorWords(network, sequences) {
  const emulator = createFastEmulator(network);
  const outputs = sequences.slice(0, 20).flatMap((steps) => {
    const results = emulator.run(steps);
    return [...at(results, results.length - 1)];
  });
  return {
    outputs,
    time: () => {
      const start = performance.now();
      for (const steps of sequences) emulator.run(steps);
      return (performance.now() - start) / 1000;
    },
  };
}

/**
 * Seconds of a run as `qs5 evaluate` does it: with the start of the threads and the messages.
 *
 * @param {IntegerNetwork} network
 * @param {readonly (readonly Float64Array[])[]} sequences
 * @param {number} count threads
 */
async function threads(network, sequences, count) {
  return seconds(async () =>
    runSequences({
      network,
      model: undefined,
      count: sequences.length,
      threads: count,
      signal: new globalThis.AbortController().signal,
      job: (index) => {
        const steps = at(sequences, index);
        const width = at(steps, 0).length;
        const words = new Float64Array(steps.length * width);
        steps.forEach((step, k) => words.set(step, k * width));
        return { index, steps: steps.length, words, values: new Float64Array() };
      },
      onResult: () => undefined,
    }),
  );
}

/**
 * @param {Int32Array} c
 * @param {readonly number[]} words
 * @param {string} file
 */
function compare(c, words, file) {
  words.forEach((word, i) => {
    if (c[i] !== word) throw new Error(`${file}: word ${i} is ${word}, in C ${c[i]}`);
  });
}

/**
 * Seconds of the simulation alone; its bench compares every word.
 *
 * @param {string} folder
 * @param {Design} design
 * @param {number} count sequences
 */
async function verilatorTime(folder, design, count) {
  const stimulus = testStimulus(design, count, 'none', 0);
  const expected = await runCycleModel(design.plan, stimulus);
  await writeFiles(folder, await hardwareFiles(design.plan, []));
  await writeFiles(folder, await benchFiles(design.plan, stimulus, expected));
  const top = `${design.plan.top}_bench`;
  await run(
    'verilator',
    [
      '--cc',
      '--exe',
      '--build',
      '-O3',
      '-j',
      '2',
      '--prefix',
      'Vbench',
      '--Mdir',
      'verilator',
    ].concat([...['--top-module', top, '-f', 'bench.f', 'bench/clock.cpp', '-CFLAGS', '-O3']]),
    { cwd: folder, maxBuffer: 2 ** 26 },
  );
  let text = '';
  const time = await seconds(async () => {
    text = (await run(join(folder, 'verilator', 'Vbench'), [], { cwd: folder })).stdout;
  });
  if (!/^RESULT mismatches=0 cycle_mismatches=0 /m.test(text)) throw new Error(text.slice(-500));
  return time;
}
