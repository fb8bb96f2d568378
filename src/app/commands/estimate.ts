import type { Command } from 'commander';
import { estimatePlan } from '../../hardware/estimate/estimate.js';
import { estimateMarkdown, estimateText } from '../report/estimate.js';
import { show, type Io } from './io.js';
import { fitExit } from './fit.js';
import { cacheOption, loadPlan, loadForDevice, networkOption } from './load_design.js';
import { jsonOption } from './options.js';
import { writeWhole } from './output_file.js';

interface Options {
  readonly network?: string;
  readonly device?: string;
  readonly markdown?: string;
  readonly cache: boolean;
  readonly json: boolean;
}

/** `qs5 estimate`: resources and clock of a design, before synthesis. */
export function register(program: Command, io: Io): void {
  program
    .command('estimate')
    .argument('<config>', 'config file, YAML')
    .description('estimate resources, clock and latency of a design, before synthesis')
    .option('-d, --device <name>', 'device instead of the one in the config')
    .option('--markdown <file>', 'also write the tables as a page of Markdown')
    .addOption(networkOption())
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 estimate configs/smnist-ssm.yaml
  qs5 estimate configs/smnist-ssm.yaml --device ice40up5k --json

Exit code 4 if the design does not fit the device.
`,
    )
    .action(async (file: string, { device, markdown, json, ...source }: Options) => {
      const { loaded, device: target } = await loadForDevice(file, device);
      const plan = await loadPlan(io, loaded, source);
      const estimate = estimatePlan(plan, target);
      if (markdown !== undefined) {
        const command = `qs5 estimate ${file} --device ${target.name}`;
        await writeWhole(markdown, estimateMarkdown(plan.name, estimate, command));
      }
      show(io, json, {
        text: estimateText(estimate, io.stdoutIsTerminal),
        json: estimate,
        exitCode: fitExit(estimate),
      });
    });
}
