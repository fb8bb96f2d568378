import type { Device } from '../../hardware/device/device.js';
import { runCycleModel } from '../../hardware/cycle/model.js';
import type { Stimulus } from '../../hardware/cycle/stimulus.js';
import { sequenceLatency, type Plan } from '../../hardware/plan/types.js';
import type { Divergence } from '../simulate/divergence.js';
import { benchFiles } from '../../hardware/folder/files.js';
import { leastGap } from '../simulate/simulate.js';
import { runRtl } from '../simulate/simulators.js';
import { writeFiles } from '../../hardware/folder/write_folder.js';
import type { Environment } from '../../tools/find.js';
import { withTemporaryFolder } from '../../tools/temporary_folder.js';
import { requireTools } from '../../tools/version.js';
import { cellModels } from './cell_models.js';

export interface NetlistRequest {
  readonly plan: Plan;
  readonly device: Device;
  /** Verilog of the cells of the device. */
  readonly netlist: string;
  readonly stimulus: Stimulus;
  readonly timeoutMs: number;
  readonly env?: Environment;
  readonly signal?: AbortSignal;
}

export interface NetlistRun {
  /** Differing output words and cycles, compared with the cycle model. */
  readonly mismatches: number;
  readonly words: number;
  /** True if latency and interval equal the predictions of the plan. */
  readonly asPlanned: boolean;
  readonly first?: Divergence;
}

/**
 * Simulates the netlist on the vectors of the design, in Icarus, and compares every word and every
 * cycle. Undefined if the family has no models of its cells.
 *
 * @throws E_TOOL_MISSING, E_TOOL_FAILED
 */
export async function simulateNetlist(request: NetlistRequest): Promise<NetlistRun | undefined> {
  const { plan, device, netlist, stimulus, timeoutMs, env, signal } = request;
  const models = await cellModels(device.family);
  if (models === undefined) return undefined;
  const options = {
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { signal }),
  };
  await requireTools(['iverilog', 'vvp'], options);
  const run = await runCycleModel(plan, stimulus);
  const files = new Map([
    ...(await benchFiles(plan, stimulus, run)),
    ...models.files,
    ['netlist.v', netlist] as const,
    ['files.f', `${[...models.files.keys(), 'netlist.v'].join('\n')}\n`] as const,
  ]);
  return withTemporaryFolder(async (folder) => {
    await writeFiles(folder, files);
    const { mismatches, cycleMismatches, first } = await runRtl('icarus', {
      ...options,
      ...{ folder, plan, expected: run, timeoutMs, defines: models.defines },
    });
    const gap = leastGap(run);
    return {
      mismatches: mismatches + cycleMismatches,
      words: run.outputs.length * plan.output.lanes,
      asPlanned:
        cycleMismatches === 0 &&
        run.latency === sequenceLatency(plan, stimulus.sequences[0]?.length ?? 1) &&
        (gap ?? plan.interval) === plan.interval,
      ...(first === undefined ? {} : { first }),
    };
  });
}
