import type { Command } from 'commander';
import { estimatePlan } from '../../hardware/estimate/estimate.js';
import { planJson, planText } from '../report/plan.js';
import { show, type Io } from './io.js';
import { fitExit } from './fit.js';
import { cacheOption, loadForDevice, loadPlan, networkOption } from './load_design.js';
import { jsonOption } from './options.js';

interface Options {
  readonly network?: string;
  readonly cache: boolean;
  readonly json: boolean;
}

/** `qs5 plan`: the hardware as a table. */
export function register(program: Command, io: Io): void {
  program
    .command('plan')
    .argument('<config>', 'config file, YAML')
    .description('print the hardware of a config: blocks, cycles, multipliers, memories')
    .addOption(networkOption())
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Example:
  qs5 plan configs/smnist-ssm.yaml

Exit code 4 if the design does not fit its device.
`,
    )
    .action(async (file: string, { json, ...source }: Options) => {
      const { loaded, device } = await loadForDevice(file);
      const plan = await loadPlan(io, loaded, source);
      const estimate = estimatePlan(plan, device);
      show(io, json, {
        text: planText(plan, estimate, io.stdoutIsTerminal),
        json: planJson(plan, estimate),
        exitCode: fitExit(estimate),
      });
    });
}
