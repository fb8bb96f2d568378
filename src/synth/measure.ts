import { overBudget } from '../device/budget.js';
import type { Device } from '../device/device.js';
import type { Stimulus } from '../cycle/stimulus.js';
import { Qs5Error } from '../errors.js';
import type { Plan } from '../plan/types.js';
import type { Divergence } from '../simulate/divergence.js';
import type { Environment } from '../tools/find.js';
import { withTemporaryFolder } from '../tools/temporary_folder.js';
import type { Cells } from './cells.js';
import { findNextpnr, route, type Nextpnr, type Route } from './nextpnr.js';
import { simulateNetlist } from './simulate_netlist.js';
import { NETLIST, planRequest, synthesize } from './synthesize.js';
import { chooseYosys, type Yosys, type YosysChoice } from './yosys.js';

export interface MeasureOptions {
  readonly yosys: YosysChoice;
  /** Seeds to place and route with; none: only synthesis. */
  readonly seeds: readonly number[];
  /** What the netlist is played. */
  readonly stimulus: Stimulus;
  /** Longest run of each program, ms. */
  readonly timeoutMs: number;
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  /** Told what is being done. */
  readonly progress?: (label: string, done: number, total: number) => void;
}

/** Whether a program failed, or did not end in time. */
export function isToolFailure(error: unknown): error is Qs5Error {
  return error instanceof Qs5Error && ['E_TOOL_FAILED', 'E_TOOL_LIMIT'].includes(error.code);
}

/** What real tools make of a plan. */
export interface Measurement {
  readonly yosys: Yosys;
  readonly nextpnr?: Nextpnr;
  readonly total: Cells;
  /** What the device has too little of. */
  readonly over: readonly string[];
  /** By block id; the resets are what the top has beside its blocks. */
  readonly blocks: ReadonlyMap<string, Cells>;
  /** Words and cycles of the netlist that differ; null where its cells have no models. */
  readonly netlistMismatches: number | null;
  readonly netlistWords: number;
  /** Whether the netlist's latency and interval are the plan's; null where it was not simulated. */
  readonly asPlanned: boolean | null;
  readonly first?: Divergence;
  /** One per seed that could be placed and routed. */
  readonly routes: readonly Route[];
  /** Why a seed could not, the first of them. */
  readonly routeFailure?: Qs5Error;
}

/**
 * Synthesises a plan, proves the netlist on a stimulus, and places and routes it with each seed.
 * A netlist that differs is not routed, nor one that is too large.
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
  // Before minutes are spent.
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
