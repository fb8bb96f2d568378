import { InvalidArgumentError, type Command } from 'commander';
import { DEFAULT_SAMPLES, explore } from '../../study/explore/explore.js';
import { explorationJson, explorationMarkdown, explorationText } from '../report/exploration.js';
import { createProgress } from '../report/progress.js';
import type { LoadedConfig } from '../../config/load.js';
import { Qs5Error } from '../../base/errors.js';
import { withOverrides } from '../../study/sweep/point_config.js';
import type { Overrides } from '../../study/sweep/schema.js';
import { pause, show, type Io } from './io.js';
import { cacheOption, createQuantizer, loadForDevice } from './load_design.js';
import { noteModel } from './note_model.js';
import { integerOption, jsonOption } from './options.js';
import { writeWhole } from './output_file.js';
import { threadsOption } from './test_data.js';

interface Options {
  readonly device?: string;
  readonly vary: readonly Axis[];
  readonly samples?: number;
  readonly markdown?: string;
  readonly threads: number;
  readonly cache: boolean;
  readonly json: boolean;
}

/** Changes to the config, and their name in reports. */
interface Choice {
  readonly label: string;
  readonly overrides: Overrides;
}

/** Choices along one `--vary`. */
type Axis = readonly Choice[];

/** Names of groups of precisions that vary together. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  weights: ['precision.b', 'precision.c', 'precision.d', 'precision.non_ssm'],
  activations: ['precision.ssm_act', 'precision.non_ssm_act'],
};

/** `qs5 explore`: best designs on a device. */
export function register(program: Command, io: Io): void {
  program
    .command('explore')
    .argument('<config>', 'config file, YAML')
    .description('find the best designs on a device, over precision and folding')
    .option('-d, --device <name>', 'device instead of the one in the config')
    .option(
      '--vary <name=values>',
      'weights, activations, or a path of the config, with values; repeatable',
      (text, before: readonly Axis[]) => [...before, parseAxis(text)],
      [],
    )
    .option(
      '--samples <n>',
      `test sequences per precision; 0: none (default: ${DEFAULT_SAMPLES}, or all if there are fewer)`,
      integerOption(0, 1e6),
    )
    .option('--markdown <file>', 'also write the table as a page of Markdown')
    .addOption(threadsOption())
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 explore configs/smnist.yaml --device xc7a35t
  qs5 explore configs/smnist.yaml --device ecp5-25f --vary weights=8,6,4 --vary precision.a=8,6
  qs5 explore configs/tiny.yaml --device ice40up5k --json

Foldings range from the fastest to the smallest, with own and with shared multipliers. Foldings
that the config fixes are kept. LUTs and flip-flops are estimates; other figures are exact.
`,
    )
    .action(
      async (
        file: string,
        { device: name, vary, samples, threads, markdown, cache, json }: Options,
      ) => {
        const { loaded, device } = await loadForDevice(file, name);
        await noteModel(io, loaded);
        const variants = combinations(vary).map(({ label, overrides }) => ({
          label,
          loaded: varied(loaded, label, overrides),
        }));
        const progress = createProgress(io, 'explore, %', 100 * variants.length);
        try {
          const exploration = await explore(variants, {
            ...{ device, samples, threads, signal: io.signal },
            quantize: createQuantizer(io, cache),
            progress: async (done) => {
              progress.update(done);
              await pause(io.signal);
            },
          });
          progress.stop();
          const subject = loaded.config.name;
          if (markdown !== undefined) {
            const command = `qs5 explore ${file} --device ${device.name}`;
            await writeWhole(markdown, explorationMarkdown(subject, exploration, command));
          }
          show(io, json, {
            text: explorationText(subject, exploration, io.stdoutIsTerminal),
            json: explorationJson(subject, exploration),
          });
        } finally {
          progress.stop();
        }
      },
    );
}

/** @throws E_CONFIG_* with the option as its subject, not the file */
function varied(loaded: LoadedConfig, label: string, overrides: Overrides): LoadedConfig {
  try {
    return withOverrides(loaded, overrides);
  } catch (error) {
    if (!(error instanceof Qs5Error)) throw error;
    const ofOption = ({ code, details: { message, hint, path } }: Qs5Error) =>
      new Qs5Error(code, {
        subject: `--vary ${label}`,
        message,
        ...(hint === undefined ? {} : { hint }),
        ...(path === undefined ? {} : { path }),
      });
    throw Qs5Error.together(ofOption(error), ...(error.details.others ?? []).map(ofOption));
  }
}

/** `weights=8,6,4` */
function parseAxis(text: string): Axis {
  const [, name = '', values = ''] = /^([\w.]+)=([^,\s]+(?:,[^,\s]+)*)$/.exec(text) ?? [];
  if (name === '') throw new InvalidArgumentError('It must be like weights=8,6,4.');
  const paths = GROUPS[name] ?? [name];
  return values.split(',').map((value) => {
    const wanted = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    return {
      label: `${name} ${value}`,
      overrides: Object.fromEntries(paths.map((path) => [path, wanted])),
    };
  });
}

/** Every combination of the axes. Without axes: the unchanged config. */
function combinations(axes: readonly Axis[]): Choice[] {
  const all = axes.reduce<Choice[]>(
    (some, axis) =>
      some.flatMap((one) =>
        axis.map(({ label, overrides }) => ({
          label: one.label === '' ? label : `${one.label}, ${label}`,
          overrides: { ...one.overrides, ...overrides },
        })),
      ),
    [{ label: '', overrides: {} }],
  );
  return all.map(({ label, overrides }) => ({ label: label || 'unchanged', overrides }));
}
