import type { Command } from 'commander';
import { loadConfig } from '../../config/load.js';
import { deviceNames, loadDevice } from '../../hardware/device/device.js';
import { fastestOn, type Fastest } from '../../study/explore/fastest.js';
import { fastestJson, fastestMarkdown, fastestText } from '../report/fastest.js';
import { createLabelledProgress } from '../report/progress.js';
import { pause, show, type Io } from './io.js';
import { cacheOption, loadQuantized } from './load_design.js';
import { jsonOption } from './options.js';
import { writeWhole } from './output_file.js';

interface Options {
  readonly devices?: readonly string[];
  readonly markdown?: string;
  readonly cache: boolean;
  readonly json: boolean;
}

/** `qs5 devices`: fastest design on each device. */
export function register(program: Command, io: Io): void {
  program
    .command('devices')
    .argument('<configs...>', 'config files, YAML')
    .description('find the fastest design of a config on each device, and its tightest resource')
    .option('--devices <names...>', 'devices to try (default: all)')
    .option('--markdown <file>', 'also write the tables as a page of Markdown')
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 devices configs/smnist.yaml
  qs5 devices configs/smnist.yaml --devices ice40up5k ecp5-25f --json
`,
    )
    .action(async (files: string[], { devices, markdown, cache, json }: Options) => {
      const chosen = (devices ?? deviceNames()).map((name) => loadDevice(name));
      const all = [];
      const progress = createLabelledProgress(io);
      try {
        for (const file of files) {
          const quantized = await loadQuantized(io, await loadConfig(file), { cache });
          const designs: Fastest[] = [];
          for (const device of chosen) {
            progress.update(`${file}, devices`, designs.length, chosen.length);
            designs.push(await fastestOn(quantized, device, async () => pause(io.signal)));
          }
          all.push({ config: quantized.loaded.config.name, designs });
        }
      } finally {
        progress.stop();
      }
      if (markdown !== undefined) {
        await writeWhole(markdown, fastestMarkdown(all, `qs5 devices ${files.join(' ')}`));
      }
      show(io, json, { text: fastestText(all, io.stdoutIsTerminal), json: fastestJson(all) });
    });
}
