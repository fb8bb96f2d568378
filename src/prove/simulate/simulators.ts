import { join } from 'node:path';
import { Qs5Error } from '../../base/errors.js';
import type { CycleRun } from '../../hardware/cycle/model.js';
import { benchName } from '../../hardware/plan/names.js';
import type { Plan } from '../../hardware/plan/types.js';
import type { Environment } from '../../tools/find.js';
import { runTool } from '../../tools/run.js';
import type { ToolName } from '../../tools/registry.js';
import { benchDivergence, type Divergence } from './divergence.js';

export const RTL_SIMULATORS = ['verilator', 'icarus'] as const;
export type RtlSimulator = (typeof RTL_SIMULATORS)[number];

export interface RtlRun {
  readonly mismatches: number;
  readonly cycleMismatches: number;
  /** Beats taken. */
  readonly outputs: number;
  /** Cycles from the first input handshake to the end of the first result; -1 without one. */
  readonly latency: number;
  readonly cycles: number;
  readonly first?: Divergence;
}

export interface RtlRequest {
  /** Folder with the files of the design and its bench. */
  readonly folder: string;
  readonly plan: Plan;
  /** Results of the model; the bench must count the same. */
  readonly expected: Pick<CycleRun, 'outputs' | 'latency' | 'cycles'>;
  /** Longest run, ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly env?: Environment;
  /** File for the waves of an Icarus run, relative to the folder; .vcd or .fst. */
  readonly wave?: string;
  /** Macros for Icarus. */
  readonly defines?: readonly string[];
}

/** Longest build, ms. */
const BUILD_TIMEOUT = 600_000;

/** Compiles and runs the bench of a design in a folder. */
export async function runRtl(simulator: RtlSimulator, request: RtlRequest): Promise<RtlRun> {
  const { folder, plan, expected, timeoutMs, signal, env, wave, defines = [] } = request;
  const bench = benchName(plan.top);
  const run = async (tool: ToolName, args: readonly string[], timeout: number, program?: string) =>
    runTool({
      tool,
      args,
      cwd: folder,
      timeoutMs: timeout,
      ...(program === undefined ? {} : { program }),
      ...(signal === undefined ? {} : { signal }),
      ...(env === undefined ? {} : { env }),
    });
  const text = await (async () => {
    switch (simulator) {
      case 'icarus': {
        const waves = wave === undefined ? [] : [`-DWAVE="${wave}"`];
        const macros = [`-DBENCH=${bench}`, ...waves, ...defines.map((name) => `-D${name}`)];
        const files = ['-f', 'bench.f', 'bench/clock.v'];
        const image = 'icarus.vvp';
        await run(
          'iverilog',
          ['-g2012', '-s', 'qs5_clock', ...macros, '-o', image, ...files],
          BUILD_TIMEOUT,
        );
        const format = wave?.endsWith('.fst') === true ? ['-fst'] : [];
        return (await run('vvp', ['-n', image, ...format], timeoutMs)).stdout;
      }
      case 'verilator': {
        const build = ['--cc', '--exe', '--build', '-j', '2', '--prefix', 'Vbench'];
        const places = ['--Mdir', 'verilator', '--top-module', bench, '-f', 'bench.f'];
        await run('verilator', [...build, ...places, 'bench/clock.cpp'], BUILD_TIMEOUT);
        return (await run('verilator', [], timeoutMs, join(folder, 'verilator', 'Vbench'))).stdout;
      }
    }
  })();
  return readResult(simulator, text, plan, expected);
}

const RESULT =
  /^RESULT mismatches=(\d+) cycle_mismatches=(\d+) outputs=(\d+) latency=(-?\d+) cycles=(-?\d+)$/gm;

/** The one RESULT line; anything else is a failure, whatever the exit code. */
function readResult(
  simulator: RtlSimulator,
  text: string,
  plan: Plan,
  expected: RtlRequest['expected'],
): RtlRun {
  const results = [...text.matchAll(RESULT)];
  const [result] = results;
  if (result === undefined || results.length !== 1) {
    const tail = text.split('\n').slice(-10).join('\n');
    throw new Qs5Error('E_TOOL_FAILED', {
      subject: simulator,
      message: `The bench printed ${results.length} RESULT lines instead of one. It ended with:\n${tail}`,
      hint: 'run the commands of the README in the design folder to see everything it prints.',
    });
  }
  const [mismatches = NaN, cycleMismatches = NaN, count = NaN, latency = NaN, cycles = NaN] = result
    .slice(1)
    .map(Number);
  const line = /^MISMATCH .*$/m.exec(text)?.[0];
  const first = line === undefined ? undefined : benchDivergence(plan, expected.outputs, line);
  if (mismatches + cycleMismatches === 0) {
    const wanted = [expected.outputs.length, expected.latency, expected.cycles];
    const seen = [count, latency, cycles];
    if (wanted.some((value, i) => value !== seen[i])) {
      throw new Qs5Error('E_TOOL_FAILED', {
        subject: simulator,
        message: `The bench found no difference, but counted [outputs, latency, cycles] = [${seen.join(', ')}] instead of [${wanted.join(', ')}].`,
        hint: 'this is a fault of the bench or of the simulator; please report it.',
      });
    }
  }
  return {
    mismatches,
    cycleMismatches,
    outputs: count,
    latency,
    cycles,
    ...(first === undefined ? {} : { first }),
  };
}
