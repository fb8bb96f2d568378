import pMap from 'p-map';
import type { Resource, Usage } from '../../hardware/device/budget.js';
import { loadDevice, type Device } from '../../hardware/device/device.js';
import type { Design } from '../../design/build.js';
import { loadClock } from '../../hardware/estimate/clock.js';
import {
  estimatePlan,
  relativeError,
  type Estimate,
  type Interval,
} from '../../hardware/estimate/estimate.js';
import { measurePlan, type Measurement } from '../synth/measure.js';
import { findNextpnr } from '../synth/nextpnr.js';
import { netlistStimulus } from '../synth/stimulus.js';
import type { YosysChoice } from '../synth/yosys.js';
import type { Environment } from '../../tools/find.js';
import { devicesOf } from './calibrate.js';
import { randomDesigns, type RandomDesign } from './collect.js';

export interface HoldOutOptions {
  readonly families: readonly Device['family'][];
  /** Random designs per family. */
  readonly designs: number;
  /** Seed of the designs, different from those of the calibrations. */
  readonly seed: number;
  readonly yosys: YosysChoice;
  /** Designs to place on each device with a calibrated clock. */
  readonly placed: number;
  /** Seeds of the placer. */
  readonly seeds: readonly number[];
  readonly jobs: number;
  readonly timeoutMs: number;
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number) => void;
}

/** A design, estimated and measured. */
export interface HeldOut {
  readonly name: string;
  readonly device: Device;
  readonly estimate: Estimate;
  readonly measured: Usage;
  /** Placer with its version. */
  readonly placer?: string;
  /** Clocks by seed of the placer; empty for a design that was not placed. */
  readonly mhz: readonly number[];
  readonly netlist: Pick<Measurement, 'netlistMismatches' | 'netlistWords' | 'asPlanned'>;
}

/** Errors of the estimates, over designs of one family or all. */
export interface HoldOutSummary {
  readonly designs: number;
  /** Designs with the exact number of DSPs, and of block RAMs. */
  readonly exact: { readonly dsp: number; readonly bram: number };
  /** Mean of |estimate / measurement - 1|; null if a design has no estimate. */
  readonly error: { readonly lut: number | null; readonly ff: number | null };
  /** Share of the measurements within their 90 % range. */
  readonly within: { readonly lut: number; readonly ff: number };
  /** Placed designs. */
  readonly placed: number;
  /** Mean error over all runs of placed designs, and the share of runs in the 90 % range. */
  readonly clock: { readonly error: number | null; readonly within: number | null };
  readonly netlistMismatches: number;
  readonly netlistWords: number;
  /** Designs with a simulated netlist. */
  readonly simulated: number;
  /** Simulated designs with the latency and interval of the plan. */
  readonly asPlanned: number;
}

/** Time steps of each of two sequences for a netlist. */
const STEPS = 3;

/**
 * Estimates hold-out designs, synthesises them and simulates their netlists. The designs are the
 * given ones, and random ones of each family within the limit on LUTs and flip-flops. Designs for a
 * device with a calibrated clock are also placed and routed, if they fit.
 *
 * @throws E_TOOL_MISSING, E_TOOL_FAILED
 */
export async function holdOut(
  given: readonly { readonly design: Design; readonly device: Device }[],
  options: HoldOutOptions,
): Promise<HeldOut[]> {
  const { families, designs, seed, placed, jobs, signal, progress } = options;
  const { yosys, timeoutMs, env } = options;
  const common = {
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { signal }),
  };
  let done = 0;
  const clocked = placed > 0 ? devicesWithClock(families) : [];
  const place = ({ name }: Device) => placed > 0 && loadClock(name) !== undefined;
  // Checks the tools before minutes are spent.
  for (const device of [
    ...clocked.map((name) => loadDevice(name)),
    ...given.map((one) => one.device),
  ]) {
    if (place(device)) await findNextpnr(device, common);
  }
  async function* all() {
    yield* given.map((one) => ({
      ...one,
      seeds: place(one.device) ? options.seeds : [],
    }));
    for (const family of families) {
      const drawing = { ...common, seed, count: designs, devices: devicesOf(family), accept: fits };
      for await (const drawn of randomDesigns(drawing)) yield { ...drawn, seeds: [] };
    }
    for (const name of clocked) {
      const drawing = { ...common, seed, count: placed, devices: [name], accept: placeable };
      for await (const drawn of randomDesigns({ ...drawing, folded: true })) {
        yield { ...drawn, seeds: options.seeds };
      }
    }
  }
  return pMap(
    all(),
    async ({ design, device, seeds }): Promise<HeldOut> => {
      const { plan } = design;
      const measurement = await measurePlan(plan, device, {
        ...{ yosys, seeds, stimulus: netlistStimulus(design, STEPS), timeoutMs },
        ...common,
      });
      progress?.(++done);
      const { total, nextpnr, routes, netlistMismatches, netlistWords, asPlanned } = measurement;
      return {
        name: plan.name,
        device,
        estimate: estimatePlan(plan, device),
        measured: total,
        ...(nextpnr === undefined ? {} : { placer: `${nextpnr.program} ${nextpnr.version}` }),
        mhz: routes.map(({ fmaxMhz }) => fmaxMhz),
        netlist: { netlistMismatches, netlistWords, asPlanned },
      };
    },
    { concurrency: jobs, ...(signal === undefined ? {} : { signal }) },
  );
}

export function summarize(rows: readonly HeldOut[]): HoldOutSummary {
  const count = (holds: (row: HeldOut) => boolean) => rows.filter(holds).length;
  const share = (holds: (row: HeldOut) => boolean) => count(holds) / Math.max(1, rows.length);
  const mean = (key: 'lut' | 'ff') => {
    const errors = rows.map((row) => errorOf(row, key)).filter((error) => error !== null);
    if (errors.length < rows.length) return null;
    return meanOf(errors.map(Math.abs));
  };
  const within = (key: 'lut' | 'ff') =>
    share(({ estimate, measured }) => isWithin(estimate.intervals[key], measured[key]));
  const runs = rows.flatMap(({ estimate: { intervals }, mhz }) =>
    mhz.filter(() => intervals.fmaxMhz !== null).map((one) => isWithin(intervals.fmaxMhz, one)),
  );
  const clockErrors = rows
    .map(({ estimate, mhz }) => meanError(estimate.fmaxMhz, mhz))
    .filter((error) => error !== null);
  const exact = (key: 'dsp' | 'bram') =>
    count(({ estimate, measured }) => estimate.resources[key] === measured[key]);
  return {
    designs: rows.length,
    exact: { dsp: exact('dsp'), bram: exact('bram') },
    error: { lut: mean('lut'), ff: mean('ff') },
    within: { lut: within('lut'), ff: within('ff') },
    placed: count(({ mhz }) => mhz.length > 0),
    clock: {
      error: meanOf(clockErrors),
      within: meanOf(runs.map(Number)),
    },
    netlistMismatches: rows.reduce((sum, { netlist }) => sum + (netlist.netlistMismatches ?? 0), 0),
    netlistWords: rows.reduce((sum, { netlist }) => sum + netlist.netlistWords, 0),
    simulated: count(({ netlist }) => netlist.netlistMismatches !== null),
    asPlanned: count(({ netlist }) => netlist.asPlanned === true),
  };
}

/** Mean of |estimate / measurement - 1| over measurements; null if either is missing. */
export function meanError(estimate: number | null, measured: readonly number[]): number | null {
  return meanOf(
    measured
      .map((one) => relativeError(estimate, one))
      .filter((error) => error !== null)
      .map(Math.abs),
  );
}

/** LUTs of the largest random design. Synthesis of a larger one takes many minutes. */
export const LARGEST = 8000;

/** Accepts designs that fit their device, because no user builds others. */
function fits({ design, device }: RandomDesign): boolean {
  const { lut, ff } = estimatePlan(design.plan, device).resources;
  return (
    lut !== null && ff !== null && lut <= Math.min(LARGEST, device.luts) && ff <= device.flip_flops
  );
}

/** True if LUTs and flip-flops fit even if no logic cell holds both. */
function placeable({ design, device }: RandomDesign): boolean {
  const { over, resources } = estimatePlan(design.plan, device);
  return over.length === 0 && (resources.lut ?? 0) + (resources.ff ?? 0) <= device.luts;
}

/** Devices of the families with a calibrated clock. */
export function devicesWithClock(families: readonly Device['family'][]): string[] {
  return families.flatMap(devicesOf).filter((name) => loadClock(name) !== undefined);
}

function isWithin(interval: Interval | null, value: number): boolean {
  const [low, high] = interval ?? [Infinity, -Infinity];
  return low <= value && value <= high;
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length;
}

/** Estimate / measurement - 1; null if either is unknown. */
export function errorOf(
  { estimate, measured }: Pick<HeldOut, 'estimate' | 'measured'>,
  key: Resource,
): number | null {
  return relativeError(estimate.resources[key], measured[key]);
}
