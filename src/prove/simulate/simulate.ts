import { at } from '../../base/at.js';
import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { CycleRun } from '../../hardware/cycle/model.js';
import { runCycleModel } from '../../hardware/cycle/model.js';
import type { Stimulus } from '../../hardware/cycle/stimulus.js';
import { createFastEmulator } from '../../network/emulate/fast/emulator.js';
import { Qs5Error } from '../../base/errors.js';
import { sequenceLatency, type Plan } from '../../hardware/plan/types.js';
import { realTarget } from '../../tools/draft.js';
import type { Environment } from '../../tools/find.js';
import { withTemporaryFolder } from '../../tools/temporary_folder.js';
import { requireTools } from '../../tools/version.js';
import type { Divergence } from './divergence.js';
import { benchFiles, hardwareFiles, type Files } from '../../hardware/folder/files.js';
import {
  compareWithReference,
  runReference,
  type Comparison,
  type Reference,
} from './reference.js';
import { runRtl, RTL_SIMULATORS, type RtlSimulator } from './simulators.js';
import { writeFiles } from '../../hardware/folder/write_folder.js';

export const SIMULATORS = ['emulator', 'model', ...RTL_SIMULATORS] as const;
export type Simulator = (typeof SIMULATORS)[number];

/** Agreement of one description with the one before it. */
export interface SimulatorRun {
  readonly simulator: Simulator;
  readonly version: string;
  /** Words that differ: emulator's and model's from the integer network, the RTL's from the model. */
  readonly mismatches: number;
  /** Cycle numbers that differ: the model's from the plan, the RTL's from the model. */
  readonly cycleMismatches: number;
  /** 0 of the emulator, which has no time. */
  readonly cycles: number;
  readonly first?: Divergence;
}

export interface SimulationResult {
  readonly status: 'pass' | 'fail';
  readonly sequences: number;
  /** Output words that each description compared. */
  readonly words: number;
  /** Cycles from the first input beat to the end of the first result. */
  readonly latency: { readonly predicted: number; readonly measured: number };
  /** Initiation interval (II): least cycles between the starts of two steps. */
  readonly interval: { readonly predicted: number; readonly measured: number | null };
  /** Words that were clipped, by node; nodes that clipped none are left out. */
  readonly clipped: Readonly<Record<string, number>>;
  readonly runs: readonly SimulatorRun[];
}

export interface SimulationOptions {
  readonly with: readonly Simulator[];
  /** True if source and sink never stall, so that latency and interval must be the plan's. */
  readonly unstalled: boolean;
  /** File for waves, made by Icarus. */
  readonly wave?: string;
  readonly signal?: AbortSignal;
  /** Added to the environment of the simulators. */
  readonly env?: Environment;
  /** Receives the current task and its progress: done of total. */
  readonly progress?: (label: string, done: number, total: number) => void;
  /** Changes the files between writing and running: for tests of the comparison itself. */
  readonly tamper?: (files: Files) => Files;
  /** qs5's own version, reported for the model. */
  readonly version: string;
}

/** Programs that a simulator needs; the first gives its version. */
const TOOLS_OF = {
  icarus: ['iverilog', 'vvp'],
  verilator: ['verilator', 'make', 'g++'],
} as const;

/** Time that an RTL run may take per simulated cycle, ms. */
const MS_PER_CYCLE = 20;

/**
 * Runs a stimulus through the integer network, the cycle model and the chosen simulators, and
 * compares every output word and its cycle.
 *
 * @throws E_TOOL_MISSING, E_TOOL_FAILED, E_OUTPUT
 */
export async function simulatePlan(
  plan: Plan,
  stimulus: Stimulus,
  options: SimulationOptions,
): Promise<SimulationResult> {
  const { signal, progress } = options;
  const steps = stimulus.sequences.reduce((sum, sequence) => sum + sequence.length, 0);
  const pause = (label: string) => async (done: number) => {
    progress?.(label, done, steps);
    await new Promise((resume) => setImmediate(resume));
    signal?.throwIfAborted();
  };
  const reference = await runReference(plan, stimulus, pause('integer network'));
  const run = await runCycleModel(plan, stimulus, pause('cycle model'));
  const comparison = await compareWithReference(plan, stimulus, reference, run);
  const predicted = sequenceLatency(plan, reference.received[0]?.steps.length ?? 1);
  const model = modelRun(plan, comparison, predicted, run, options);
  const runs: SimulatorRun[] = [];
  if (options.with.includes('emulator')) {
    runs.push(await emulatorRun(plan, reference, pause('emulator'), options.version));
  }
  if (options.with.includes('model')) runs.push(model);

  const chosen = RTL_SIMULATORS.filter((simulator) => options.with.includes(simulator));
  if (chosen.length > 0) {
    runs.push(...(await rtlRuns(plan, stimulus, run, chosen, options)));
  }
  const good = runs.every((r) => r.mismatches === 0 && r.cycleMismatches === 0);
  // The RTL was compared with the model, so the model counts even if `with` leaves it out.
  const modelGood = model.mismatches === 0 && model.cycleMismatches === 0;
  return {
    status: good && modelGood ? 'pass' : 'fail',
    sequences: stimulus.sequences.length,
    words: run.outputs.length * plan.output.lanes,
    latency: { predicted, measured: run.latency },
    interval: { predicted: plan.interval, measured: leastGap(run) },
    clipped: Object.fromEntries([...reference.clipped].filter(([, count]) => count > 0)),
    runs,
  };
}

/** Least cycles between the starts of two steps; null where there is but one. */
export function leastGap(run: CycleRun): number | null {
  const gaps = startGaps(run).map(({ gap }) => gap);
  return gaps.length === 0 ? null : Math.min(...gaps);
}

interface Gap {
  readonly cycle: number;
  readonly gap: number;
  /** True if the gap is between two steps of the first sequence. */
  readonly inFirst: boolean;
}

/** Cycles from one start to the next, in every segment, where no reset came between. */
function startGaps({ starts }: CycleRun): Gap[] {
  return starts.flat().flatMap((list) => {
    const second = list.findIndex(({ first }, i) => first && i > 0);
    return list.slice(1).map(({ cycle }, i) => ({
      cycle,
      gap: cycle - at(list, i).cycle,
      inFirst: second < 0 || i + 1 < second,
    }));
  });
}

/** The fast emulator against the integer network: every output word, and what was clipped. */
async function emulatorRun(
  plan: Plan,
  reference: Reference,
  pause: (done: number) => Promise<void>,
  version: string,
): Promise<SimulatorRun> {
  const emulator = createFastEmulator(plan.network);
  let mismatches = 0;
  let first: Divergence | undefined;
  const compare = (signal: string, expected: unknown, actual: unknown) => {
    if (expected === actual) return;
    mismatches += 1;
    first ??= { cycle: -1, signal, expected: String(expected), actual: String(actual) };
  };
  let done = 0;
  for (const [i, { steps, ended }] of reference.received.entries()) {
    const outputs = emulator.run(steps, ended);
    const wanted = reference.outputs[i] ?? [];
    compare(`sequence ${i}, vectors`, wanted.length, outputs.length);
    wanted.forEach((vector, k) => {
      vector.forEach((word, h) => {
        compare(`sequence ${i}, vector ${k}, output[${h}]`, word, outputs[k]?.[h]);
      });
    });
    await pause((done += steps.length));
  }
  for (const [id, count] of reference.clipped) {
    compare(`${id}, clipped words`, count, emulator.clipped.get(id));
  }
  return {
    simulator: 'emulator',
    version,
    mismatches,
    cycleMismatches: 0,
    cycles: 0,
    ...(first === undefined ? {} : { first }),
  };
}

/** The cycle model against the integer network, and its timing against the plan. */
function modelRun(
  plan: Plan,
  { mismatches, first }: Comparison,
  predicted: number,
  run: CycleRun,
  { unstalled, version }: SimulationOptions,
): SimulatorRun {
  // Where sequences are stored, a later one may wait for the room of one before it.
  const exact = ({ inFirst }: Gap) => unstalled && (plan.segments.length === 1 || inFirst);
  const wrong = startGaps(run).filter((found) =>
    exact(found) ? found.gap !== plan.interval : found.gap < plan.interval,
  );
  const late = unstalled && run.latency >= 0 && run.latency !== predicted ? 1 : 0;
  const timing: Divergence | undefined =
    late === 1
      ? {
          cycle: run.outputs[plan.output.beats - 1]?.cycle ?? 0,
          signal: 'latency',
          expected: String(predicted),
          actual: String(run.latency),
        }
      : wrong[0] === undefined
        ? undefined
        : {
            cycle: wrong[0].cycle,
            signal: 'initiation interval',
            expected: String(plan.interval),
            actual: String(wrong[0].gap),
          };
  const divergence = first ?? timing;
  return {
    simulator: 'model',
    version,
    mismatches,
    cycleMismatches: late + wrong.length,
    cycles: run.cycles,
    ...(divergence === undefined ? {} : { first: divergence }),
  };
}

async function rtlRuns(
  plan: Plan,
  stimulus: Stimulus,
  run: CycleRun,
  simulators: readonly RtlSimulator[],
  options: SimulationOptions,
): Promise<SimulatorRun[]> {
  const { signal, env, progress, wave, tamper } = options;
  const toolOptions = {
    ...(signal === undefined ? {} : { signal }),
    ...(env === undefined ? {} : { env }),
  };
  const versions = new Map<RtlSimulator, string>();
  for (const simulator of simulators) {
    const [tool] = await requireTools(TOOLS_OF[simulator], toolOptions);
    versions.set(simulator, tool?.version ?? '');
  }
  const files: Files = new Map([
    ...(await hardwareFiles(plan, ['Simulated by qs5.'])),
    ...(await benchFiles(plan, stimulus, run)),
  ]);
  const timeoutMs = 60_000 + MS_PER_CYCLE * run.cycles;
  const waveFile = wave?.endsWith('.fst') === true ? 'wave.fst' : 'wave.vcd';
  return withTemporaryFolder(async (folder) => {
    const runs: SimulatorRun[] = [];
    await writeFiles(folder, tamper?.(files) ?? files);
    for (const simulator of simulators) {
      const start = performance.now();
      const tick = setInterval(() => {
        const seconds = Math.round((performance.now() - start) / 1000);
        const limit = Math.round(timeoutMs / 1000);
        progress?.(`${simulator}, seconds of at most`, Math.min(seconds, limit), limit);
      }, 500);
      try {
        const rtl = await runRtl(simulator, {
          folder,
          plan,
          expected: run,
          timeoutMs,
          ...toolOptions,
          ...(wave !== undefined && simulator === 'icarus' ? { wave: waveFile } : {}),
        });
        const { mismatches, cycleMismatches, cycles, first } = rtl;
        runs.push({
          simulator,
          version: versions.get(simulator) ?? '',
          mismatches,
          cycleMismatches,
          cycles,
          ...(first === undefined ? {} : { first }),
        });
      } finally {
        clearInterval(tick);
      }
    }
    if (wave !== undefined) await moveOut(join(folder, waveFile), wave);
    return runs;
  });
}

/** Moves a result to where the user wants it; across file systems a file is copied. */
async function moveOut(from: string, to: string): Promise<void> {
  try {
    const target = await realTarget(to);
    await rename(from, target).catch(async () => copyFile(from, target));
  } catch (error) {
    throw new Qs5Error('E_OUTPUT', {
      subject: to,
      message: `It cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'check that the folder exists and is yours to write.',
    });
  }
}
