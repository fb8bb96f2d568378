import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { loadConfig } from '../../config/load.js';
import { Qs5Error } from '../../base/errors.js';
import { joinClippings } from '../../network/quantize/input_words.js';
import { createLabelledProgress } from '../report/progress.js';
import { simulationJson, simulationText } from '../report/simulation.js';
import { STALLS, type Stalls } from '../../prove/simulate/patterns.js';
import { testStimulus } from '../../prove/simulate/test_stimulus.js';
import { simulatePlan, SIMULATORS, type Simulator } from '../../prove/simulate/simulate.js';
import { show, type Io } from './io.js';
import { cacheOption, loadDesign, networkOption } from './load_design.js';
import { integerOption, jsonOption } from './options.js';
import { packageVersion } from './package_version.js';

interface Options {
  readonly network?: string;
  readonly with: readonly Simulator[];
  readonly sequences: number;
  readonly stalls: Stalls;
  readonly seed: number;
  readonly wave?: string;
  readonly cache: boolean;
  readonly json: boolean;
}

/** Exit code of a mismatch. */
const MISMATCH_EXIT = 2;
const MAX_SEED = 2 ** 32 - 1;

/** `qs5 simulate`: model, Verilator and Icarus on real data, every word and every cycle. */
export function register(program: Command, io: Io): void {
  program
    .command('simulate')
    .argument('<config>', 'config file, YAML')
    .description('prove that the RTL equals the integer network, in every word and every cycle')
    .option('--with <list>', `any of ${SIMULATORS.join(',')}`, simulators, [...SIMULATORS])
    .option('--sequences <n>', 'test sequences to run', integerOption(1, 1_000_000), 3)
    .addOption(
      new Option('--stalls <kind>', 'stalls of source and sink').choices(STALLS).default('none'),
    )
    .option('--seed <n>', 'seed of random stalls', integerOption(0, MAX_SEED), 1)
    .option('--wave <file>', 'write the waves of the Icarus run, .vcd or .fst', waveFile)
    .addOption(networkOption())
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 simulate configs/smnist-ssm.yaml
  qs5 simulate configs/smnist-ssm.yaml --sequences 1 --with icarus --wave core.vcd
  qs5 simulate configs/smnist-ssm.yaml --stalls random --seed 7 --json

Exit code 2 if any word or any cycle differs. The first difference is printed.
`,
    )
    .action(async (file: string, options: Options) => {
      const { sequences, stalls, seed, wave, json } = options;
      if (wave !== undefined && !options.with.includes('icarus')) {
        throw new Qs5Error('E_USAGE', {
          message: '--wave requires the Icarus run, which --with excludes.',
          hint: 'add icarus to --with.',
        });
      }
      if (wave !== undefined) await checkFolder(dirname(resolve(wave)), wave);
      const design = await loadDesign(io, await loadConfig(file), options);
      const { plan } = design;
      const stimulus = testStimulus(design, sequences, stalls, seed);
      const input = joinClippings(Array.from({ length: sequences }, (_, i) => design.clipping(i)));
      const subject = { stalls, seed, input };
      const progress = createLabelledProgress(io);
      try {
        const result = await simulatePlan(plan, stimulus, {
          with: options.with,
          unstalled: stalls === 'none',
          version: packageVersion(),
          signal: io.signal,
          env: io.env,
          progress: progress.update,
          ...(wave === undefined ? {} : { wave }),
        });
        show(io, json, {
          text: simulationText(plan, result, subject, io.stdoutIsTerminal),
          json: simulationJson(plan, result, subject),
          exitCode: result.status === 'pass' ? 0 : MISMATCH_EXIT,
        });
      } finally {
        progress.stop();
      }
    });
}

/** @throws E_OUTPUT if the folder of an output file does not exist */
async function checkFolder(folder: string, file: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new Qs5Error('E_OUTPUT', {
    subject: file,
    message: 'The folder of this file does not exist.',
    hint: 'create the folder, or name a file in another folder.',
  });
}

function simulators(text: string): Simulator[] {
  return text.split(',').map((name) => {
    const found = SIMULATORS.find((simulator) => simulator === name.trim());
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Use a list of ${SIMULATORS.join(', ')}, with commas.`);
  });
}

function waveFile(text: string): string {
  if (/\.(vcd|fst)$/.test(text)) return text;
  throw new InvalidArgumentError('The name of the file must end in .vcd or .fst.');
}
