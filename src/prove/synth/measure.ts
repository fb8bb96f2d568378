import { overBudget } from '../../hardware/device/budget.js';
import type { Device } from '../../hardware/device/device.js';
import type { Stimulus } from '../../hardware/cycle/stimulus.js';
import { Qs5Error } from '../../base/errors.js';
import type { Plan } from '../../hardware/plan/types.js';
import type { Divergence } from '../simulate/divergence.js';
import type { Environment } from '../../tools/find.js';
import { withTemporaryFolder } from '../../tools/temporary_folder.js';
import type { Cells } from './cells.js';
import { findNextpnr, route, type Nextpnr, type Route } from './nextpnr.js';
import { simulateNetlist } from './simulate_netlist.js';
import { NETLIST, planRequest, synthesize } from './synthesize.js';
import { chooseYosys, type Yosys, type YosysChoice } from './yosys.js';

export interface MeasureOptions {
  readonly yosys: YosysChoice;
  /** Seeds of place and route; empty: only synthesis. */
  readonly seeds: readonly number[];
  /** Stimulus of the netlist. */
  readonly stimulus: Stimulus;
  /** Time limit of each program, ms. */
  readonly timeoutMs: number;
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  /** Receives the current task. */
  readonly progress?: (label: string, done: number, total: number) => void;
}

/** True for a program that failed or exceeded its limit. */
export function isToolFailure(error: unknown): error is Qs5Error {
  return error instanceof Qs5Error && ['E_TOOL_FAILED', 'E_TOOL_LIMIT'].includes(error.code);
}

/** Measurements of a plan by real tools. */
export interface Measurement {
  readonly yosys: Yosys;
  readonly nextpnr?: Nextpnr;
  readonly total: Cells;
  /** Resources that exceed the device. */
  readonly over: readonly string[];
  /** Cells by block id. The rest of the top is the resets. */
  readonly blocks: ReadonlyMap<string, Cells>;
  /** Differing words and cycles of the netlist; null if its cells have no models. */
  readonly netlistMismatches: number | null;
  readonly netlistWords: number;
  /** True if latency and interval equal the plan's; null without a simulation. */
  readonly asPlanned: boolean | null;
  readonly first?: Divergence;
  /** One route per successful seed. */
  readonly routes: readonly Route[];
  /** Reason of the first failed seed. */
  readonly routeFailure?: Qs5Error;
}

/**
 * Synthesises a plan, proves the netlist on a stimulus, and places and routes it with each seed.
 * A wrong or too large netlist is not routed.
 *
 * @throws E_TOOL_MISSING, E_TOOL_FAILED
 */
export async function measurePlan(
  plan: Plan,
  device: Device,
  options: MeasureOptions,
): Promise<Measurement> {
  const { seeds, stimulus, timeoutMs, env, signal, progress } = options;
  const common = {
    timeoutMs,
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { signal }),
  };
  const total = 2 + seeds.length;
  const yosys = await chooseYosys(options.yosys, common);
  // Checks the tools before minutes are spent.
  const nextpnr = seeds.length === 0 ? undefined : await findNextpnr(device, common);
  return withTemporaryFolder(async (folder) => {
    progress?.(`Yosys ${yosys.version}`, 0, total);
    const request = await planRequest(plan, nextpnr !== undefined);
    const synthesis = await synthesize(folder, request, device, { ...common, yosys });
    progress?.('netlist in Icarus', 1, total);
    const { netlist } = synthesis;
    const run = await simulateNetlist({ ...common, plan, device, netlist, stimulus });
    const routes: Route[] = [];
    let routeFailure: Qs5Error | undefined;
    const over = overBudget(synthesis.total, device);
    if (nextpnr !== undefined && (run?.mismatches ?? 0) === 0 && over.length === 0) {
      for (const [i, seed] of seeds.entries()) {
        progress?.(`nextpnr, seed ${seed}`, 2 + i, total);
        try {
          routes.push(await route({ ...common, nextpnr, device, folder, netlist: NETLIST, seed }));
        } catch (error) {
          if (signal?.aborted === true || !isToolFailure(error)) throw error;
          routeFailure ??= error;
        }
      }
    }
    progress?.('done', total, total);
    return {
      yosys,
      ...(nextpnr === undefined ? {} : { nextpnr }),
      total: synthesis.total,
      over,
      blocks: synthesis.blocks,
      netlistMismatches: run?.mismatches ?? null,
      netlistWords: run?.words ?? 0,
      asPlanned: run?.asPlanned ?? null,
      ...(run?.first === undefined ? {} : { first: run.first }),
      routes,
      ...(routeFailure === undefined ? {} : { routeFailure }),
    };
  });
}
