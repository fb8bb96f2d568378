import type { Command } from 'commander';
import { loadConfig } from '../config/load.js';
import { planJson, planText } from '../report/plan.js';
import { show, type Io } from './io.js';
import { loadDesign, networkOption } from './load_design.js';
import { jsonOption } from './options.js';

interface Options {
  readonly network?: string;
  readonly json: boolean;
}

/** `qs5 plan`: the hardware as a table, before any of it is written. */
export function register(program: Command, io: Io): void {
  program
    .command('plan')
    .argument('<config>', 'config file, YAML')
    .description('print the hardware of a config: blocks, cycles, multipliers, memories')
    .addOption(networkOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  qs5 plan configs/smnist-ssm.yaml\n')
    .action(async (file: string, { network, json }: Options) => {
      const { plan } = await loadDesign(io, await loadConfig(file), network);
      show(io, json, { text: planText(plan, io.stdoutIsTerminal), json: planJson(plan) });
    });
}
