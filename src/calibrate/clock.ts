import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fcnnlsVector } from 'ml-fcnnls';
import pMap from 'p-map';
import type { Block, Path } from '../blocks/block.js';
import { overBudget } from '../device/budget.js';
import type { Device } from '../device/device.js';
import {
  clockOf,
  pathDelay,
  pathsOf,
  type ClockCalibration,
  type ClockPoint,
  type Delays,
} from '../estimate/clock.js';
import { blockRequest } from '../synth/block_request.js';
import { findNextpnr, route } from '../synth/nextpnr.js';
import { NETLIST, planRequest, synthesize, type SynthesisRequest } from '../synth/synthesize.js';
import { chooseYosys, type YosysChoice } from '../synth/yosys.js';
import { Qs5Error } from '../errors.js';
import { median } from '../median.js';
import type { Environment } from '../tools/find.js';
import { drawDesigns } from './collect.js';
import { covering, PARTS, rounded } from './fit.js';

export interface ClockOptions {
  readonly device: Device;
  /** Designs that are drawn; those that fit are placed. */
  readonly designs: number;
  /** Blocks of one module that are placed alone. */
  readonly perModule: number;
  readonly seed: number;
  /** Seeds of the placer. */
  readonly seeds: readonly number[];
  readonly yosys: YosysChoice;
  readonly jobs: number;
  readonly timeoutMs: number;
  readonly env?: Environment;
  readonly signal?: AbortSignal;
  readonly progress?: (label: string, done: number, total: number) => void;
}

/** What is placed: a design, or one of its blocks. */
interface Subject {
  readonly design: number;
  readonly module?: string;
  readonly paths: readonly Path[];
  readonly request: () => Promise<SynthesisRequest>;
}

/**
 * Places and routes drawn designs, folded to the device, and blocks of them alone, and fits delays
 * to their clocks.
 *
 * @throws E_TOOL_MISSING, E_TOOL_FAILED
 */
export async function calibrateClock(options: ClockOptions): Promise<ClockCalibration> {
  const { device, seed, seeds, designs, jobs, timeoutMs, env, signal, progress } = options;
  const common = {
    timeoutMs,
    ...(env === undefined ? {} : { env }),
    ...(signal === undefined ? {} : { signal }),
  };
  const nextpnr = await findNextpnr(device, common);
  const yosys = await chooseYosys(options.yosys, common);
  const subjects = await subjectsOf(options);
  let done = 0;
  const points = await pMap(
    subjects,
    async ({ request, ...subject }): Promise<ClockPoint[]> => {
      const folder = await mkdtemp(join(tmpdir(), 'qs5-'));
      try {
        const { total } = await synthesize(folder, await request(), device, { ...common, yosys });
        if (overBudget(total, device).length > 0) return [];
        const mhz: number[] = [];
        for (const one of seeds) {
          const made = { ...common, nextpnr, device, folder, netlist: NETLIST, seed: one };
          mhz.push(rounded((await route(made)).fmaxMhz));
        }
        return [{ ...subject, paths: [...subject.paths], lut: total.lut, mhz }];
      } finally {
        progress?.(`clock of ${device.name}`, ++done, subjects.length);
        await rm(folder, { recursive: true, force: true });
      }
    },
    { concurrency: jobs, ...(signal === undefined ? {} : { signal }) },
  );
  const all = points.flat();
  if (all.length === 0) {
    throw new Qs5Error('E_FOLDING', {
      subject: device.name,
      message: 'None of the drawn designs and blocks fits it.',
      hint: 'draw more designs, or name a larger device.',
    });
  }
  progress?.(`clock of ${device.name}, ${designs} designs`, subjects.length, subjects.length);
  return {
    device: device.name,
    tool: { name: nextpnr.program, version: nextpnr.version },
    yosys: yosys.version,
    seed,
    seeds: [...seeds],
    ...fitClock(all),
    points: all,
  };
}

async function subjectsOf({ device, designs, perModule, seed }: ClockOptions): Promise<Subject[]> {
  const subjects: Subject[] = [];
  const seen = new Map<string, number>();
  const known = new Set<string>();
  for await (const { index, design } of drawDesigns(seed, designs, [device.name], true)) {
    const { plan } = design;
    const request = async () => planRequest(plan, true);
    subjects.push({ design: index, paths: pathsOf(plan.blocks), request });
    for (const block of plan.blocks) {
      const count = seen.get(block.module) ?? 0;
      const key = JSON.stringify([block.module, block.parameters]);
      if (count >= perModule || known.has(key)) continue;
      known.add(key);
      seen.set(block.module, count + 1);
      subjects.push(alone(index, block));
    }
  }
  return subjects;
}

function alone(design: number, block: Block): Subject {
  const request = async () => blockRequest(block);
  return { design, module: block.module, paths: pathsOf([block]), request };
}

/** Rounds of choosing the slowest paths and fitting to them; it settles in a few. */
const ROUNDS = 20;

/** A guess to begin with, ns: only the order of the paths matters. */
const FIRST: Delays = { start: 3, memory: 1, multiplier: 1, level: 2.5, carry: 0.25, doubling: 0 };

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
    for (const { paths, lut, mhz, module } of usable.filter((p) => p.design % PARTS === part)) {
      // A block alone is never estimated; it is here for the delays.
      if (module !== undefined) continue;
      const guess = clockOf(delays, paths, lut);
      errors.push(...mhz.map((one) => Math.abs(one / guess - 1)));
    }
  }
  return { delays: fitDelays(usable), error: rounded(covering(errors)) };
}

function fitDelays(points: readonly ClockPoint[]): Delays {
  let delays = FIRST;
  for (let round = 0; round < ROUNDS; round++) {
    const rows: number[][] = [];
    const right: number[] = [];
    for (const { paths, lut, mhz } of points) {
      const slowest = paths.reduce((a, b) =>
        pathDelay(delays, b, lut) > pathDelay(delays, a, lut) ? b : a,
      );
      const measured = 1000 / (median(mhz) ?? NaN);
      const terms = [
        1,
        Number(slowest.from === 'memory'),
        Number(slowest.from === 'multiplier'),
        slowest.levels,
        slowest.carry,
        Math.log2(Math.max(1, lut)),
      ];
      rows.push(terms.map((term) => term / measured));
      right.push(1);
    }
    const [start = 0, memory = 0, multiplier = 0, level = 0, carry = 0, doubling = 0] = [
      ...fcnnlsVector(rows, right, { maxIterations: 1000 }).K.to1DArray(),
    ].map(rounded);
    delays = { start, memory, multiplier, level, carry, doubling };
  }
  return delays;
}
