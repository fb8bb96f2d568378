import type { Command } from 'commander';
import { fuzz } from '../fuzz/fuzz.js';
import { createProgress } from '../report/progress.js';
import { fuzzText } from '../report/fuzz.js';
import { show, type Io } from './io.js';
import { integerOption, jsonOption } from './options.js';
import { packageVersion } from './package_version.js';

interface Options {
  readonly count: number;
  readonly seed: number;
  readonly first: number;
  readonly verilatorEvery: number;
  readonly jobs: number;
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
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 fuzz --count 1000 --seed 7
  qs5 fuzz --count 1 --first 123 --seed 7     repeat design 123 of seed 7
`,
    )
    .action(async ({ json, ...options }: Options) => {
      const progress = createProgress(io, 'fuzz', options.count);
      try {
        const report = await fuzz({
          ...options,
          version: packageVersion(),
          signal: io.signal,
          progress: progress.update,
        });
        show(io, json, {
          text: fuzzText(report),
          json: report,
          exitCode: report.failures.length === 0 ? 0 : 2,
        });
      } finally {
        progress.stop();
      }
    });
}
