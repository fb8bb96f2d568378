import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { readText } from '../../config/load.js';
import { calibrate, refit } from '../../prove/calibrate/calibrate.js';
import { FAMILY_NAMES } from '../../hardware/device/families/index.js';
import {
  parseCalibration,
  printCalibration,
  type Calibration,
} from '../../hardware/estimate/calibration.js';
import { calibrationJson, calibrationText } from '../report/calibration.js';
import { createProgress } from '../report/progress.js';
import { withStore } from '../../jobs/store.js';
import { YOSYS_CHOICES, type YosysChoice } from '../../prove/synth/yosys.js';
import type { Device } from '../../hardware/device/device.js';
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

/** `qs5 dev calibrate`: measurements for the estimates of LUTs and flip-flops. */
export function register(program: Command, io: Io): void {
  program
    .command('calibrate')
    .requiredOption('-o, --output <folder>', 'folder of the calibrations, a file per family')
    .description('synthesise random designs, and fit the estimates of resources to their blocks')
    .addOption(new Option('--families <names...>', 'families to calibrate').choices(FAMILY_NAMES))
    .option('--designs <n>', 'designs to synthesise per family', integerOption(1, 10_000), 60)
    .option('--seed <n>', 'seed of the designs', integerOption(0, 2 ** 31), 1)
    .addOption(
      new Option('--yosys <which>', 'the Yosys of qs5, or one on PATH; auto: the newer')
        .choices(YOSYS_CHOICES)
        .default('embedded'),
    )
    .option('--jobs <n>', 'parallel runs of Yosys', integerOption(1, 64), 2)
    .option('--timeout <s>', 'limit of one run of Yosys, s', integerOption(1, 86_400), 3600)
    .option('--refit', 'fit again to the measurements in the folder, without new ones', false)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 dev calibrate -o data/calibration
  qs5 dev calibrate -o data/calibration --families ice40 --designs 40 --seed 1

Takes about ten minutes per family. A stopped run resumes: each result is stored next to the
calibration at once. --refit takes seconds. Use it after a change of a contract's structure that
leaves the hardware unchanged. qs5 estimate reads the files in data/calibration.
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
