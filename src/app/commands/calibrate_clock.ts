import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { calibrateClock } from '../../prove/calibrate/clock.js';
import { loadDevice } from '../../hardware/device/device.js';
import { printCalibration } from '../../hardware/estimate/calibration.js';
import { clockJson, clockText } from '../report/clock.js';
import { createLabelledProgress } from '../report/progress.js';
import { withStore } from '../../jobs/store.js';
import { YOSYS_CHOICES, type YosysChoice } from '../../prove/synth/yosys.js';
import { show, type Io } from './io.js';
import { integerOption, jsonOption, seedsUpTo } from './options.js';
import { writeWhole } from './output_file.js';

interface Options {
  readonly output: string;
  readonly devices: readonly string[];
  readonly designs: number;
  readonly seed: number;
  readonly seeds: number;
  readonly yosys: YosysChoice;
  readonly jobs: number;
  readonly timeout: number;
  readonly json: boolean;
}

/** `qs5 dev calibrate-clock`: measurements for the estimates of the clock. */
export function register(program: Command, io: Io): void {
  program
    .command('calibrate-clock')
    .requiredOption('-o, --output <folder>', 'folder of the calibrations, a file per device')
    .description('place and route random designs, and fit the estimates of the clock')
    .option('--devices <names...>', 'devices that nextpnr supports', ['ice40up5k'])
    .option('--designs <n>', 'random designs per device', integerOption(1, 10_000), 30)
    .option('--seed <n>', 'seed of the designs', integerOption(0, 2 ** 31), 1)
    .option('--seeds <n>', 'seeds 1 to n of the placer', integerOption(1, 100), 3)
    .addOption(
      new Option('--yosys <which>', 'the Yosys of qs5, or one on PATH; auto: the newer')
        .choices(YOSYS_CHOICES)
        .default('embedded'),
    )
    .option('--jobs <n>', 'parallel designs', integerOption(1, 64), 2)
    .option('--timeout <s>', 'limit of one run of a program, s', integerOption(1, 86_400), 600)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Example:
  qs5 dev calibrate-clock -o data/calibration --devices ice40up5k

Requires nextpnr-ice40. A stopped run resumes: each result is stored next to the calibration at
once. Designs that are too large, or exceed the time limit, are skipped and counted. qs5 estimate
reads the files in data/calibration.
`,
    )
    .action(async ({ output, devices, seeds, timeout, json, ...options }: Options) => {
      const clocks = [];
      const progress = createLabelledProgress(io);
      try {
        for (const device of devices.map((name) => loadDevice(name))) {
          const results = join(output, `clock-${device.name}.jsonl`);
          const clock = await withStore(results, async (store) =>
            calibrateClock({
              ...options,
              ...{ device, store },
              seeds: seedsUpTo(seeds),
              timeoutMs: 1000 * timeout,
              env: io.env,
              signal: io.signal,
              progress: progress.update,
            }),
          );
          await writeWhole(join(output, `clock-${device.name}.json`), printCalibration(clock));
          clocks.push(clock);
        }
      } finally {
        progress.stop();
      }
      show(io, json, {
        text: clocks.map((clock) => clockText(clock, io.stdoutIsTerminal)).join('\n'),
        json: clocks.map(clockJson),
      });
    });
}
