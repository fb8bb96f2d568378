import type { Command } from 'commander';
import { runCycleModel } from '../../hardware/cycle/model.js';
import { estimatePlan } from '../../hardware/estimate/estimate.js';
import { provenanceOf } from '../../design/stored_network.js';
import { encodeNetwork } from '../../network/file.js';
import { describeTiming } from '../../hardware/plan/describe.js';
import { fitJson, fitText } from '../report/fit.js';
import { designFolder } from '../../deliver/design_folder.js';
import { formatDivergence } from '../../prove/simulate/divergence.js';
import { compareWithReference, runReference } from '../../prove/simulate/reference.js';
import { testStimulus } from '../../prove/simulate/test_stimulus.js';
import { writeFolder } from '../../hardware/folder/write_folder.js';
import { pause, show, type Io } from './io.js';
import { fitExit } from './fit.js';
import { cacheOption, loadDesign, loadForDevice, networkOption } from './load_design.js';
import { integerOption, jsonOption } from './options.js';
import { packageVersion } from './package_version.js';

interface Options {
  readonly network?: string;
  readonly output: string;
  readonly sequences: number;
  readonly force: boolean;
  readonly cache: boolean;
  readonly json: boolean;
}

/** `qs5 generate`: a self-contained folder with the Verilog of a config and its bench. */
export function register(program: Command, io: Io): void {
  program
    .command('generate')
    .argument('<config>', 'config file, YAML')
    .requiredOption(
      '-o, --output <folder>',
      'folder to write; an earlier folder of qs5 is replaced',
    )
    .description('write Verilog, ROM images, bench, vectors and a README into a folder')
    .option('--sequences <n>', 'test sequences in the vectors', integerOption(1, 1000), 1)
    .option('--force', 'replace the folder of an earlier run even if its files were edited', false)
    .addOption(networkOption())
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Example:
  qs5 generate configs/smnist-ssm.yaml -o out/smnist-ssm

Exit code 4 if the design does not fit its device. The folder is still written.
`,
    )
    .action(async (file: string, { output, sequences, force, json, ...source }: Options) => {
      const { loaded, device } = await loadForDevice(file);
      const design = await loadDesign(io, loaded, source);
      const { plan } = design;
      const stimulus = testStimulus(design, sequences, 'none', 0);
      const run = await runCycleModel(plan, stimulus, async () => pause(io.signal));
      const reference = await runReference(plan, stimulus, async () => pause(io.signal));
      const { first } = await compareWithReference(plan, stimulus, reference, run);
      if (first !== undefined) throw new Error(`the model is wrong: ${formatDivergence(first)}`);
      const { target } = loaded.config;
      const provenance = await provenanceOf(loaded, design.checkpoint, packageVersion());
      const files = await designFolder({
        ...{ plan, stimulus, run, device },
        configText: loaded.text,
        network: encodeNetwork({ network: plan.network, provenance }),
        version: packageVersion(),
        ...(target?.clock_mhz === undefined ? {} : { clockMhz: target.clock_mhz }),
      });
      await pause(io.signal);
      await writeFolder(output, files, { force });
      const names = [...files.keys()];
      const estimate = estimatePlan(plan, device);
      if (estimate.fits === false) io.stderr(`warning: ${plan.top} ${fitText(estimate)}\n`);
      show(io, json, {
        text:
          `wrote ${output}: ${names.length} files, top module ${plan.top}\n` +
          `  ${fitText(estimate)}\n` +
          `  ${describeTiming(plan)}; see ${output}/README.md\n`,
        json: {
          folder: output,
          top: plan.top,
          device: estimate.device,
          ...fitJson(estimate),
          latencyCycles: plan.latency,
          intervalCycles: plan.interval,
          files: names,
        },
        exitCode: fitExit(estimate),
      });
    });
}
