import { at } from '../../base/at.js';
import { fcnnlsVector } from 'ml-fcnnls';
import pMap from 'p-map';
import * as z from 'zod';
import { overBudget } from '../../hardware/device/budget.js';
import type { Device } from '../../hardware/device/device.js';
import {
  clockOf,
  pathDelay,
  DELAYS,
  pathsOf,
  termsOf,
  type ClockCalibration,
  type ClockPoint,
  type Delays,
} from '../../hardware/estimate/clock.js';
import { findNextpnr, route } from '../synth/nextpnr.js';
import { NETLIST, planRequest, synthesize, type SynthesisRequest } from '../synth/synthesize.js';
import { isToolFailure } from '../synth/measure.js';
import { chooseYosys, type YosysChoice } from '../synth/yosys.js';
import { Qs5Error } from '../../base/errors.js';
import { median } from '../../base/median.js';
import type { Environment } from '../../tools/find.js';
import { withTemporaryFolder } from '../../tools/temporary_folder.js';
import type { Store } from '../../jobs/store.js';
import { randomDesigns, keyOf } from './collect.js';
import { covering, PARTS, rounded } from './fit.js';

export interface ClockOptions {
  readonly device: Device;
  /** Number of random designs; those that fit are placed. */
  readonly designs: number;
  readonly seed: number;
  /** Seeds of the placer. */
  readonly seeds: readonly number[];
  readonly yosys: YosysChoice;
  /** Results of earlier placements. */
  readonly store: Store;
  readonly jobs: number;
  /** Time limit of each program, ms; a design over the limit is skipped. */
  readonly timeoutMs: number;
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  readonly progress?: (label: string, done: number, total: number) => void;
}

const placedSchema = z.object({ lut: z.int(), mhz: z.array(z.number()) });

/** LUTs of a netlist, and its clocks by seed; no clock if it is too large. */
type Placed = z.infer<typeof placedSchema>;

/**
 * Places and routes random designs, folded to the device, and fits delays to their clocks. Designs
 * are whole, because the placer packs a single block more tightly than in a design.
 *
 * @throws E_TOOL_MISSING; E_TOOL_FAILED if no design could be placed
 */
export async function calibrateClock(options: ClockOptions): Promise<ClockCalibration> {
  const { device, seed, seeds, designs, jobs, timeoutMs, store, env, signal, progress } = options;
  const common = {
    timeoutMs,
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { signal }),
  };
  const nextpnr = await findNextpnr(device, common);
  const yosys = await chooseYosys(options.yosys, common);
  let done = 0;
  let failure: Qs5Error | undefined;
  /** undefined: not placed within the limit. */
  const measured = async (request: SynthesisRequest): Promise<Placed | undefined> => {
    return withTemporaryFolder(async (folder) => {
      const { total } = await synthesize(folder, request, device, { ...common, yosys });
      const { lut } = total;
      if (overBudget(total, device).length > 0) return { lut, mhz: [] };
      const mhz: number[] = [];
      for (const one of seeds) {
        const made = { ...common, nextpnr, device, folder, netlist: NETLIST, seed: one };
        try {
          mhz.push(rounded((await route(made)).fmaxMhz));
        } catch (error) {
          // A design may be too dense for the router.
          if (signal?.aborted === true || !isToolFailure(error)) throw error;
          failure = error;
          return undefined;
        }
      }
      return { lut, mhz };
    });
  };
  const drawing = {
    ...{ seed, count: designs, devices: [device.name], folded: true },
    ...(signal === undefined ? {} : { signal }),
  };
  const points = await pMap(
    randomDesigns(drawing),
    async ({ index, design: { plan } }): Promise<ClockPoint[]> => {
      const request = await planRequest(plan, true);
      const key = [keyOf(request, device, { yosys }), nextpnr.version, ...seeds].join(' ');
      const known = store.get(key);
      const placed = known === undefined ? await measured(request) : placedSchema.parse(known);
      if (known === undefined && placed !== undefined) await store.add(key, placed);
      progress?.(`clock of ${device.name}`, ++done, designs);
      if (placed === undefined || placed.mhz.length === 0) return [];
      return [{ design: index, paths: pathsOf(plan.blocks, device), ...placed }];
    },
    { concurrency: jobs, ...(signal === undefined ? {} : { signal }) },
  );
  const all = points.flat();
  if (all.length === 0) {
    if (failure !== undefined) throw failure;
    throw new Qs5Error('E_FOLDING', {
      subject: device.name,
      message: 'No random design fits the device.',
      hint: 'use more designs, or name a larger device.',
    });
  }
  return {
    device: device.name,
    tool: { name: nextpnr.program, version: nextpnr.version },
    yosys: yosys.version,
    seed,
    seeds: [...seeds],
    left_out: designs - all.length,
    ...fitClock(all),
    points: all,
  };
}

/** Rounds of selecting the slowest paths and fitting to them. A few suffice. */
const ROUNDS = 20;

/**
 * Prior delays of an iCE40 UP5K, ns. The fit stays near them if measurements leave a delay open.
 * They come from paths in reports of nextpnr: 1.4 out of a flip-flop, at least 1.8 for a
 * connection, 0.6 to 0.8 into a flip-flop, 1.0 through a LUT. A carry chain takes 0.28 per bit,
 * 0.56 for every eighth bit, 0.7 in and 0.7 out. Connections to multipliers take 2 to 5 more. A
 * product has no delay apart from the output of the multiplier.
 */
const FIRST: Delays = {
  ...{ start: 3.8, memory: 0.5, multiplier: 0.4, product: 0.8 },
  ...{ level: 2.8, adder: 0.8, carry: 0.35, into: 3, doubling: 0.1 },
};

/** Weight of the prior, relative to the error of one measurement. */
const PRIOR = 0.1;

/** Delays, and their error by cross-validation over designs. */
export function fitClock(
  points: readonly ClockPoint[],
): Pick<ClockCalibration, 'delays' | 'error'> {
  const usable = points.filter(({ paths }) => paths.length > 0);
  const errors: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const rest = usable.filter(({ design }) => design % PARTS !== part);
    if (rest.length === 0) continue;
    const delays = fitDelays(rest);
    for (const { paths, lut, mhz } of usable.filter((p) => p.design % PARTS === part)) {
      const guess = clockOf(delays, paths, lut);
      errors.push(...mhz.map((one) => Math.abs(one / guess - 1)));
    }
  }
  return { delays: fitDelays(usable), error: rounded(covering(errors)) };
}

/** Prior delays, scaled to the speed of the device. */
function scaled(points: readonly ClockPoint[]): Delays {
  const ratio =
    median(
      points.flatMap(({ paths, lut, mhz }) => mhz.map((one) => clockOf(FIRST, paths, lut) / one)),
    ) ?? 1;
  const delays = { ...FIRST };
  for (const name of DELAYS) delays[name] *= ratio;
  return delays;
}

function fitDelays(points: readonly ClockPoint[]): Delays {
  const first = scaled(points);
  let delays = first;
  for (let round = 0; round < ROUNDS; round++) {
    const rows: number[][] = [];
    const right: number[] = [];
    for (const { paths, lut, mhz } of points) {
      const slowest = paths.reduce((a, b) =>
        pathDelay(delays, b, lut) > pathDelay(delays, a, lut) ? b : a,
      );
      const measured = 1000 / (median(mhz) ?? NaN);
      const terms = termsOf(slowest, lut);
      rows.push(DELAYS.map((name) => terms[name] / measured));
      right.push(1);
    }
    for (const known of DELAYS) {
      rows.push(DELAYS.map((name) => (name === known ? PRIOR / first[name] : 0)));
      right.push(PRIOR);
    }
    const solution = fcnnlsVector(rows, right, { maxIterations: 1000 }).K.to1DArray();
    delays = { ...first };
    DELAYS.forEach((name, i) => (delays[name] = rounded(at(solution, i))));
  }
  return delays;
}
