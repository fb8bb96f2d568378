import { Option, type Command } from 'commander';
import type { Device } from '../../hardware/device/device.js';
import { Qs5Error } from '../../base/errors.js';
import { estimatePlan } from '../../hardware/estimate/estimate.js';
import { createLabelledProgress } from '../report/progress.js';
import { reportedSynthesis, reportedText } from '../report/reported.js';
import { synthesisReport, synthesisText } from '../report/synthesis.js';
import { readReports } from '../../prove/synth/reports.js';
import { netlistStimulus } from '../../prove/synth/stimulus.js';
import { measurePlan, type Measurement } from '../../prove/synth/measure.js';
import { YOSYS_CHOICES, type YosysChoice } from '../../prove/synth/yosys.js';
import { show, type Io } from './io.js';
import { cacheOption, loadDesign, loadForDevice, loadPlan, networkOption } from './load_design.js';
import { checkNeeds, integerOption, jsonOption, seedsUpTo } from './options.js';

interface Options {
  readonly network?: string;
  readonly device?: string;
  readonly yosys: YosysChoice;
  readonly route: boolean;
  readonly reports?: string;
  readonly seeds?: number;
  readonly steps: number;
  readonly timeout: number;
  readonly cache: boolean;
  readonly json: boolean;
}

/** Exit code of a mismatch between netlist and design. */
const MISMATCH_EXIT = 2;

/** `qs5 synth`: synthesis of a design, compared with its estimate. */
export function register(program: Command, io: Io): void {
  program
    .command('synth')
    .argument('<config>', 'config file, YAML')
    .description('synthesise a design, prove its netlist, and compare its cost with the estimate')
    .option('-d, --device <name>', 'device instead of the one in the config')
    .addOption(
      new Option('--yosys <which>', 'the Yosys of qs5, or one on PATH; auto: the newer')
        .choices(YOSYS_CHOICES)
        .default('auto'),
    )
    .option('--route', 'also place and route, for the clock (iCE40, ECP5, Gowin)', false)
    .addOption(
      new Option(
        '--reports <folder>',
        'read the reports of the scripts of qs5 generate instead of a run',
      ).conflicts(['route', 'seeds', 'yosys', 'steps', 'timeout']),
    )
    .option('--seeds <n>', 'with --route: seeds 1 to n (default: 1)', integerOption(1, 100))
    .option('--steps <n>', 'time steps to simulate on the netlist', integerOption(1, 10_000), 8)
    .option('--timeout <s>', 'limit of one run of a program, s', integerOption(1, 86_400), 3600)
    .addOption(networkOption())
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  qs5 synth configs/smnist-ssm.yaml
  qs5 synth configs/smnist-ssm.yaml --device ice40up5k --json
  qs5 synth configs/tiny.yaml --device ice40up5k --route --seeds 5
  qs5 synth configs/smnist-ssm.yaml --device xc7a35t --reports out/smnist-ssm/synth/out

The netlist is simulated on the first steps of two test sequences. Exit code 2 if it differs from
the design in any word or cycle. Requires iverilog; --route requires the nextpnr of the family.
--reports reads the files of nextpnr (nextpnr.json) and Vivado (utilization.rpt,
timing_summary.rpt).
`,
    )
    .action(async (file: string, options: Options) => {
      const { device: name, json, seeds, steps, timeout } = options;
      checkNeeds('--seeds', seeds, '--route', options.route);
      const { loaded, device } = await loadForDevice(file, name);
      if (options.reports !== undefined) {
        const plan = await loadPlan(io, loaded, options);
        const reported = await readReports(options.reports, device, plan);
        const report = reportedSynthesis(plan, device, estimatePlan(plan, device), reported);
        show(io, json, { text: reportedText(report, io.stdoutIsTerminal), json: report });
        return;
      }
      const design = await loadDesign(io, loaded, options);
      const { plan } = design;
      const progress = createLabelledProgress(io);
      try {
        const measurement = await measurePlan(plan, device, {
          yosys: options.yosys,
          seeds: options.route ? seedsUpTo(seeds ?? 1) : [],
          stimulus: netlistStimulus(design, steps),
          timeoutMs: 1000 * timeout,
          env: io.env,
          signal: io.signal,
          progress: progress.update,
        });
        const equal = (measurement.netlistMismatches ?? 0) === 0;
        if (options.route && equal) checkRoute(measurement, device);
        const report = synthesisReport(plan, device, estimatePlan(plan, device), measurement);
        show(io, json, {
          text: synthesisText(report, io.stdoutIsTerminal),
          json: report,
          exitCode: equal ? 0 : MISMATCH_EXIT,
        });
      } finally {
        progress.stop();
      }
    });
}

/** @throws the reason, if --route gave no clock */
function checkRoute({ over, routes, routeFailure }: Measurement, device: Device): void {
  if (routes.length === 0 && routeFailure !== undefined) throw routeFailure;
  if (over.length === 0) return;
  throw new Qs5Error('E_FOLDING', {
    path: ['device'],
    message: `The design does not fit ${device.name}: ${over.join(', ')}.`,
    hint: 'fold it further (target: { device: ... }), use fewer bits, or name a larger device.',
  });
}
