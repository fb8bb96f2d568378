import { Option, type Command } from 'commander';
import { devicesWithClock, holdOut, type HeldOut } from '../../prove/calibrate/holdout.js';
import { buildDesign } from '../../design/build.js';
import { loadDevice, type Device } from '../../hardware/device/device.js';
import { FAMILY_NAMES, familyOf } from '../../hardware/device/families/index.js';
import { Qs5Error } from '../../base/errors.js';
import { loadCalibration } from '../../hardware/estimate/calibration.js';
import { loadClock } from '../../hardware/estimate/clock.js';
import { loadConfig } from '../../config/load.js';
import { holdOutJson, holdOutMarkdown, holdOutText } from '../report/holdout.js';
import { createProgress } from '../report/progress.js';
import { EMBEDDED_VERSION } from '../../prove/synth/yosys.js';
import { show, type Io } from './io.js';
import { noteModel } from './note_model.js';
import { checkNeeds, integerOption, jsonOption, seedsUpTo } from './options.js';
import { writeWhole } from './output_file.js';

interface Options {
  readonly families?: readonly Device['family'][];
  readonly designs: number;
  readonly seed: number;
  readonly placed: number;
  readonly seeds?: number;
  readonly jobs: number;
  readonly timeout: number;
  readonly markdown?: string;
  readonly json: boolean;
}

/** Families whose netlists can be simulated. */
const PROVED = FAMILY_NAMES.filter((family) => familyOf(family).models !== undefined);

/** Number of seeds of the placer by default. */
const SEEDS = 5;

/** `qs5 dev holdout`: errors of the estimates on a hold-out set. */
export function register(program: Command, io: Io): void {
  program
    .command('holdout')
    .argument('[configs...]', 'config files to include, each on its own device')
    .description('compare the estimates with synthesis, on a hold-out set of random designs')
    .addOption(
      new Option('--families <names...>', 'families of the random designs')
        .choices(FAMILY_NAMES)
        .default(PROVED),
    )
    .option('--designs <n>', 'random designs per family', integerOption(0, 10_000), 12)
    .option(
      '--seed <n>',
      'seed of the designs, different from that of the calibration',
      integerOption(0, 2 ** 31),
      2,
    )
    .option(
      '--placed <n>',
      'random designs to place and route on each device with a calibrated clock',
      integerOption(0, 10_000),
      0,
    )
    .option(
      '--seeds <n>',
      `with --placed: seeds 1 to n of the placer (default: ${SEEDS})`,
      integerOption(1, 100),
    )
    .option('--jobs <n>', 'parallel designs', integerOption(1, 64), 2)
    .option('--timeout <s>', 'limit of one run of a program, s', integerOption(1, 86_400), 3600)
    .option('--markdown <file>', 'also write the tables as a page of Markdown')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 dev holdout configs/smnist-ssm.yaml --designs 12 --markdown docs/estimates.md
  qs5 dev holdout --families ice40 --designs 5 --seed 3 --json
  qs5 dev holdout --families ice40 --designs 0 --placed 4

Every netlist is simulated on the vectors of its design. Exit code 2 if one differs. --placed
requires nextpnr-ice40, and also places config files on such a device.
`,
    )
    .action(async (files: string[], options: Options) => {
      const { families = PROVED, designs, markdown, json, timeout, seed, placed, jobs } = options;
      checkNeeds('--seeds', options.seeds, '--placed', placed > 0);
      checkSeed(families, seed, placed);
      checkClocks(families, placed);
      const seeds = seedsUpTo(options.seeds ?? SEEDS);
      const total =
        files.length + designs * families.length + placed * devicesWithClock(families).length;
      const progress = createProgress(io, 'hold-out', total);
      try {
        const given = [];
        for (const file of files) {
          const loaded = await loadConfig(file);
          await noteModel(io, loaded);
          const design = await buildDesign(loaded);
          given.push({ design, device: loadDevice(design.loaded.config.device) });
        }
        const rows = await holdOut(given, {
          ...{ families, designs, seed, placed, seeds, jobs },
          yosys: 'embedded',
          timeoutMs: 1000 * timeout,
          env: io.env,
          signal: io.signal,
          progress: progress.update,
        });
        progress.stop();
        if (markdown !== undefined) {
          const random = `--families ${families.join(' ')} --designs ${designs} --seed ${seed}`;
          const clocks = placed === 0 ? [] : [`--placed ${placed} --seeds ${seeds.length}`];
          const command = ['qs5 dev holdout', ...files, random, ...clocks].join(' ');
          await writeWhole(markdown, holdOutMarkdown(rows, `Yosys ${EMBEDDED_VERSION}`, command));
        }
        show(io, json, {
          text: holdOutText(rows, io.stdoutIsTerminal),
          json: holdOutJson(rows),
          exitCode: rows.every(right) ? 0 : 2,
        });
      } finally {
        progress.stop();
      }
    });
}

/** @throws E_USAGE if no device has a calibrated clock */
function checkClocks(families: readonly Device['family'][], placed: number): void {
  if (placed === 0 || devicesWithClock(families).length > 0) return;
  throw new Qs5Error('E_USAGE', {
    message: `No device of ${families.join(', ')} has a calibrated clock.`,
    hint: 'omit --placed, name other families, or run qs5 dev calibrate-clock.',
  });
}

/** @throws E_USAGE for the seed of a calibration, because its designs are not a hold-out set */
function checkSeed(families: readonly Device['family'][], seed: number, placed: number): void {
  const seen = [
    ...families.filter((family) => loadCalibration(family)?.seed === seed),
    ...(placed > 0 ? devicesWithClock(families) : []).filter(
      (device) => loadClock(device)?.seed === seed,
    ),
  ][0];
  if (seen === undefined) return;
  throw new Qs5Error('E_USAGE', {
    message: `The estimates of ${seen} were fitted to designs of seed ${seed}.`,
    hint: 'choose another seed.',
  });
}

function right({ netlist }: HeldOut): boolean {
  return (netlist.netlistMismatches ?? 0) === 0 && netlist.asPlanned !== false;
}
