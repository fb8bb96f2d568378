import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { readText } from '../config/load.js';
import { calibrate, refit } from '../calibrate/calibrate.js';
import { FAMILY_NAMES } from '../device/families/index.js';
import { parseCalibration, printCalibration, type Calibration } from '../estimate/calibration.js';
import { calibrationJson, calibrationText } from '../report/calibration.js';
import { createProgress } from '../report/progress.js';
import { withStore } from '../sweep/store.js';
import { YOSYS_CHOICES, type YosysChoice } from '../synth/yosys.js';
import type { Device } from '../device/device.js';
import { show, type Io } from './io.js';
import { integerOption, jsonOption } from './options.js';
import { writeWhole } from './output_file.js';

interface Options {
  readonly output: string;
  readonly families?: readonly Device['family'][];
  readonly designs: number;
  readonly seed: number;
  readonly yosys: YosysChoice;
  readonly jobs: number;
  readonly timeout: number;
  readonly refit: boolean;
  readonly json: boolean;
}

/** `qs5 calibrate`: what estimates rest on. */
export function register(program: Command, io: Io): void {
  program
    .command('calibrate')
    .requiredOption('-o, --output <folder>', 'where the calibrations go, a file per family')
    .description('measure what the modules of the library cost, and fit the estimates to it')
    .addOption(new Option('--families <names...>', 'only these').choices(FAMILY_NAMES))
    .option('--designs <n>', 'designs to synthesise per family', integerOption(1, 10_000), 60)
    .option('--seed <n>', 'seed of the designs', integerOption(0, 2 ** 31), 1)
    .addOption(
      new Option('--yosys <which>', 'as in qs5 synth').choices(YOSYS_CHOICES).default('embedded'),
    )
    .option('--jobs <n>', 'runs of Yosys side by side', integerOption(1, 64), 2)
    .option('--timeout <s>', 'longest run of Yosys, s', integerOption(1, 86_400), 3600)
    .option('--refit', 'measure nothing: fit again what is in the folder', false)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 calibrate -o data/calibration
  qs5 calibrate -o data/calibration --families ice40 --designs 40 --seed 1

Takes about ten minutes per family; stop it whenever you like: what was synthesised is kept in a
file beside the calibration, and not done again. With --refit it is seconds: after a change of what a contract
counts, not of the hardware. The files in data/calibration are what qs5 estimate reads.
`,
    )
    .action(
      async ({
        output,
        families = FAMILY_NAMES,
        timeout,
        refit: again,
        json,
        ...options
      }: Options) => {
        const calibrations = [];
        for (const family of families) {
          const measured = async () =>
            withStore(join(output, `${family}.jsonl`), async (store) =>
              calibrate({
                ...{ ...options, family, store, timeoutMs: 1000 * timeout },
                ...{ env: io.env, signal: io.signal, progress: progress.update },
              }),
            );
          const progress = createProgress(io, `calibrate ${family}`, options.designs);
          try {
            const calibration = again
              ? await refit(await readCalibration(output, family))
              : await measured();
            await writeWhole(join(output, `${family}.json`), printCalibration(calibration));
            calibrations.push(calibration);
          } finally {
            progress.stop();
          }
        }
        show(io, json, {
          text: calibrations.map((one) => calibrationText(one, io.stdoutIsTerminal)).join('\n'),
          json: calibrations.map(calibrationJson),
        });
      },
    );
}

async function readCalibration(folder: string, family: string): Promise<Calibration> {
  const file = join(folder, `${family}.json`);
  return parseCalibration(await readText(file), file);
}
