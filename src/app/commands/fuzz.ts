import { join } from 'node:path';
import { Option, type Command } from 'commander';
import {
  fuzz,
  KINDS,
  type FuzzFailure,
  type FuzzReport,
  type Kind,
} from '../../prove/fuzz/fuzz.js';
import type { QualityCase } from '../../prove/fuzz/quality/case.js';
import type { QualityFailure } from '../../prove/fuzz/quality/tally.js';
import { caseFiles } from '../../prove/fuzz/quality/files.js';
import { createProgress } from '../report/progress.js';
import { failureFile, failureText, fuzzText, modelText } from '../report/fuzz.js';
import { interruptCode, show, type Io } from './io.js';
import { integerOption, jsonOption } from './options.js';
import { writeWhole } from './output_file.js';
import { packageVersion } from './package_version.js';

interface Options {
  readonly count: number;
  readonly seed: number;
  readonly first: number;
  readonly verilatorEvery: number;
  readonly jobs: number;
  readonly only?: Kind;
  readonly output?: string;
  readonly json: boolean;
}

/** `qs5 fuzz`: random designs in every model and simulator, and noise of random models. */
export function register(program: Command, io: Io): void {
  program
    .command('fuzz')
    .description(
      'run random designs in every model and simulator, and measure the noise of random models',
    )
    .option('--count <n>', 'number of designs, and of models', integerOption(1, 1_000_000), 100)
    .option('--seed <n>', 'seed of designs and models', integerOption(0, 2 ** 31), 1)
    .option(
      '--first <n>',
      'number of the first design, to repeat a failure',
      integerOption(0, 1e9),
      0,
    )
    .option(
      '--verilator-every <n>',
      'also run Verilator for every nth design; 0: never',
      integerOption(0, 1e6),
      25,
    )
    .option('--jobs <n>', 'parallel designs', integerOption(1, 64), 2)
    .addOption(new Option('--only <kind>', 'only designs, or only models').choices(KINDS))
    .option('-o, --output <folder>', 'folder for the config of each failure, written at once')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 fuzz --count 1000 --seed 7
  qs5 fuzz --count 1 --first 123 --seed 7     repeat design 123 of seed 7
  qs5 fuzz --only models --count 2000         the noise of 2000 random models

A design has random word lengths, folding and stimulus. All models and simulators must agree on
it. A model has randomly scaled rows and columns, zeros and outliers. The noise of its integer
network must be explained by its word lengths.

Ctrl-C prints the report so far. A design has no verdict if a program exceeds its limit on time or
memory.

Exit codes: 2 a design or a model failed, 3 a design has no verdict.
`,
    )
    .action(async ({ json, output, ...options }: Options) => {
      const { count, seed } = options;
      const progress = createProgress(io, 'fuzz', count);
      const found = async (failure: FuzzFailure, simplified: boolean) => {
        // At once, because a long run may be killed before it prints its report.
        if (!simplified) io.stderr(`${failureText(seed, failure, 'config as found')}\n`);
        if (output === undefined) return;
        const name = `seed-${seed}-design-${failure.index}.yaml`;
        await writeWhole(join(output, name), failureFile(seed, failure));
      };
      const foundModel = (failure: QualityFailure) => {
        io.stderr(`${modelText(seed, failure)}\n`);
      };
      const simplifiedModel = async (index: number, smallest: QualityCase) => {
        if (output === undefined) return;
        for (const [name, bytes] of await caseFiles(smallest, `seed-${seed}-model-${index}`)) {
          await writeWhole(join(output, name), bytes);
        }
      };
      try {
        const report = await fuzz({
          ...options,
          version: packageVersion(),
          signal: io.signal,
          progress: progress.update,
          found,
          foundModel,
          simplifiedModel,
        });
        progress.stop();
        if (io.signal.aborted) io.stderr('qs5: interrupted\n');
        show(io, json, { text: fuzzText(report), json: report, exitCode: exitCode(io, report) });
      } finally {
        progress.stop();
      }
    });
}

/** A failure takes precedence over a design without a verdict. */
function exitCode(io: Io, { failures, undecided, quality }: FuzzReport): number {
  if (io.signal.aborted) return interruptCode(io.signal);
  if (failures.length + quality.failures.length > 0) return 2;
  return undecided.length + quality.undecided.length > 0 ? 3 : 0;
}
