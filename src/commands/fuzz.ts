import { join } from 'node:path';
import type { Command } from 'commander';
import { fuzz, type FuzzFailure, type FuzzReport } from '../fuzz/fuzz.js';
import { createProgress } from '../report/progress.js';
import { failureFile, failureText, fuzzText } from '../report/fuzz.js';
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
  readonly output?: string;
  readonly json: boolean;
}

/** `qs5 fuzz`: random designs through every voice. */
export function register(program: Command, io: Io): void {
  program
    .command('fuzz')
    .description('run random designs through the model and the simulators')
    .option('--count <n>', 'number of designs', integerOption(1, 1_000_000), 100)
    .option('--seed <n>', 'seed of them all', integerOption(0, 2 ** 31), 1)
    .option('--first <n>', 'number of the first one, to repeat a failure', integerOption(0, 1e9), 0)
    .option(
      '--verilator-every <n>',
      'Verilator too for every nth; 0: never',
      integerOption(0, 1e6),
      25,
    )
    .option('--jobs <n>', 'designs run side by side', integerOption(1, 64), 2)
    .option(
      '-o, --output <folder>',
      'write the config of each failure here, as soon as it is found',
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 fuzz --count 1000 --seed 7
  qs5 fuzz --count 1 --first 123 --seed 7     repeat design 123 of seed 7

Ctrl-C prints the report of what was done so far. A design that a program takes too long or too
much memory for has no verdict.

Exit codes: 2 a design failed, 3 a design has no verdict.
`,
    )
    .action(async ({ json, output, ...options }: Options) => {
      const { count, seed } = options;
      const progress = createProgress(io, 'fuzz', count);
      const found = async (failure: FuzzFailure, simplified: boolean) => {
        // At once: a run of hours may be ended before it has printed its report.
        if (!simplified) io.stderr(`${failureText(seed, failure, 'config as found')}\n`);
        if (output === undefined) return;
        const name = `seed-${seed}-design-${failure.index}.yaml`;
        await writeWhole(join(output, name), failureFile(seed, failure));
      };
      try {
        const report = await fuzz({
          ...options,
          version: packageVersion(),
          signal: io.signal,
          progress: progress.update,
          found,
        });
        progress.stop();
        if (io.signal.aborted) io.stderr('qs5: interrupted\n');
        show(io, json, { text: fuzzText(report), json: report, exitCode: exitCode(io, report) });
      } finally {
        progress.stop();
      }
    });
}

/** A failure counts more than a design without a verdict. */
function exitCode(io: Io, { failures, undecided }: FuzzReport): number {
  if (io.signal.aborted) return interruptCode(io.signal);
  if (failures.length > 0) return 2;
  return undecided.length > 0 ? 3 : 0;
}
