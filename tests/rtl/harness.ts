import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { libraryPaths } from '../../src/hardware/folder/library.js';
import { runTool } from '../../src/tools/run.js';
import type { Corner } from './corner.js';
import { printBench } from './print_bench.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const paths = await libraryPaths();
/** Files of the library modules, by module name. */
export const RTL_FILES = new Map([...paths].map(([name, path]) => [name, join(root, path)]));
/** Texts of the library, by file name. */
export const RTL_SOURCES = Object.fromEntries(
  [...RTL_FILES].map(([name, file]) => [`${name}.v`, readFileSync(file, 'utf8')]),
);
/** Folders in which a simulator finds the modules that a bench names. */
const RTL_FOLDERS = [...new Set([...RTL_FILES.values()].map((file) => dirname(file)))];
/** Arguments that name folders of modules, for both simulators. */
export const searched = (folders: readonly string[] = RTL_FOLDERS): string[] =>
  folders.flatMap((folder) => ['-y', folder]);
const BENCHES = join(root, 'testbenches');
const SIM = join(root, 'sim');
const SHARED = ['qs5_tb_player.v', 'qs5_tb_check.v'].map((file) => join(BENCHES, file));

/** Folder for the waves of both simulators, for somebody who looks at one module; none if absent. */
const WAVES = process.env['QS5_WAVES'];
/** A single module, for `npm run bench:module`; all if absent. */
export const MODULE = process.env['QS5_MODULE'];

/** Time limits of one run of a tool, ms. */
const RUN_MS = 60_000;
const BUILD_MS = 180_000;

/** Contents of the RESULT line of a bench. */
export interface BenchResult {
  readonly mismatches: number;
  readonly outputs: number;
  readonly latency: number;
}

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qs5-rtl-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Writes the files of a bench into a folder, which is made. */
export function writeVectors(folder: string, corner: Corner): void {
  const write = (file: string, words: readonly bigint[]) => {
    const place = join(folder, file);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, words.map((word) => `${word.toString(16)}\n`).join(''));
  };
  write('stimulus.hex', corner.stimulus);
  write('expected.hex', corner.expected);
  for (const { file, words } of corner.bench?.block.roms ?? []) write(file, words);
}

/** A value as Verilog has it. */
export function literal(value: number | string): string {
  return typeof value === 'number' ? String(value) : `"${value}"`;
}

/** A bench of a corner, ready for a simulator. */
interface Bench {
  readonly file: string;
  readonly module: string;
  readonly parameters: Readonly<Record<string, number | string>>;
}

/** The bench of a corner: printed into the folder if it follows from a contract. */
function benchOf(folder: string, corner: Corner, name = `${corner.module}_tb`): Bench {
  const CYCLES = corner.stimulus.length;
  const { module, bench, parameters } = corner;
  if (bench === undefined) {
    const file = join(BENCHES, `${module}_tb.v`);
    return { file, module: `${module}_tb`, parameters: { ...parameters, CYCLES } };
  }
  const file = join(folder, `${name}.v`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, printBench(name, corner, bench));
  return { file, module: name, parameters: { CYCLES } };
}

/** A bench as an instance with parameters: `qs5_x_tb #(.A(1))`. */
function benchInstance({ module, parameters }: Bench, more: readonly string[] = []): string {
  const list = Object.entries(parameters).map(([name, value]) => `.${name}(${literal(value)})`);
  return `${module} #(${[...list, ...more].join(', ')})`;
}

/** Lines that a tool printed, but for empty ones. */
function printed(result: { readonly stdout: string; readonly stderr: string }): string[] {
  return `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
}

/** All that `verilator --lint-only -Wall` says of a corner's bench and module. */
export async function lint(folder: string, corner: Corner): Promise<string[]> {
  const bench = benchOf(folder, corner);
  const values = Object.entries(bench.parameters);
  const result = await runTool({
    tool: 'verilator',
    args: [
      ...['--lint-only', '-Wall', '--top-module', bench.module, ...searched()],
      ...values.map(([name, value]) => `-G${name}=${literal(value)}`),
      ...[bench.file, ...SHARED],
    ],
    timeoutMs: RUN_MS,
    allowFailure: true,
  });
  return printed(result);
}

/** The name of a corner as part of an identifier and of a file name. */
const waveName = ({ module, name }: Corner) => `${module}_${name.replaceAll(/\W+/g, '_')}`;

/** Where Icarus writes the waves of a corner, if they are wanted. */
function waveMacro(corner: Corner): string[] {
  return WAVES === undefined ? [] : [`-DWAVE="${resolve(WAVES, `${waveName(corner)}.vcd`)}"`];
}

/** Where Verilator writes the waves of all corners, each in its own scope, if they are wanted. */
function waveDump(): string[] {
  if (WAVES === undefined) return [];
  const file = resolve(WAVES, `${MODULE ?? 'all'}_verilator.vcd`);
  return ['  initial begin', `    $dumpfile("${file}");`, '    $dumpvars;', '  end'];
}

export interface IcarusRun {
  /** Warnings of the compiler. */
  readonly warnings: readonly string[];
  /** All that the simulation printed. */
  readonly output: readonly string[];
}

/** Compiles a corner's bench with `-Wall` and runs it in `folder`; `rtl` has the modules. */
export async function runIcarus(
  folder: string,
  corner: Corner,
  rtl = RTL_FOLDERS,
): Promise<IcarusRun> {
  writeVectors(folder, corner);
  const bench = benchOf(folder, corner);
  const compiled = await runTool({
    tool: 'iverilog',
    args: [
      ...['-g2012', '-Wall', '-s', 'qs5_clock', `-DBENCH=${benchInstance(bench)}`],
      ...waveMacro(corner),
      ...[...searched(rtl), '-o', 'bench.vvp', join(SIM, 'clock.v'), bench.file, ...SHARED],
    ],
    cwd: folder,
    timeoutMs: RUN_MS,
  });
  const run = await runTool({
    tool: 'vvp',
    args: ['-N', 'bench.vvp'],
    cwd: folder,
    timeoutMs: RUN_MS,
    allowFailure: true,
  });
  const output = printed(run).filter((line) => !line.startsWith('VCD info'));
  return { warnings: printed(compiled), output };
}

/**
 * Builds one Verilator program of several corners, which may be of several modules, and runs it
 * in `folder`. Every corner plays its own folder `<folder>/<index>`.
 */
export async function runVerilator(folder: string, corners: readonly Corner[]): Promise<string[]> {
  const cycles = Math.max(...corners.map(({ stimulus }) => stimulus.length));
  const files = new Set<string>();
  const instances = corners.map((corner, i) => {
    const place = join(folder, String(i));
    writeVectors(place, corner);
    const bench = benchOf(place, corner, `${corner.module}_tb${i}`);
    files.add(bench.file);
    const scope = `u_${i}_${waveName(corner)}`;
    return `  ${benchInstance(bench, [`.VECTORS("${i}/")`])} ${scope} (.clk(clk));`;
  });
  const top = [
    'module qs5_batch (input wire clk);',
    '  integer cycle = 0;',
    '  always @(posedge clk) begin',
    '    cycle <= cycle + 1;',
    `    if (cycle == ${cycles + 1}) $finish;`,
    '  end',
    ...waveDump(),
    ...instances,
    'endmodule\n',
  ];
  writeFileSync(join(folder, 'qs5_batch.v'), top.join('\n'));
  const build = await runTool({
    tool: 'verilator',
    args: [
      ...['--cc', '--exe', '--build', '-j', '1', '-Wall', '--prefix', 'Vbench', '-DBATCH'],
      ...['--top-module', 'qs5_batch', ...searched()],
      // Width 0 removes the limit. By default Verilator omits buses of more than 256 bits.
      ...(WAVES === undefined ? [] : ['--trace', '--trace-max-width', '0']),
      ...['FAST', 'SLOW', 'GLOBAL'].flatMap((part) => ['-MAKEFLAGS', `OPT_${part}=-O0`]),
      ...['qs5_batch.v', ...files, ...SHARED, join(SIM, 'clock.cpp')],
    ],
    cwd: folder,
    timeoutMs: BUILD_MS,
  });
  const warnings = printed(build).filter((line) => line.startsWith('%'));
  const run = await runTool({
    tool: 'verilator',
    program: join(folder, 'obj_dir', 'Vbench'),
    args: [],
    cwd: folder,
    timeoutMs: RUN_MS,
  });
  return [...warnings, ...printed(run)];
}

/** Contents of the RESULT lines, in their order. */
export function results(output: readonly string[]): BenchResult[] {
  return output.flatMap((line) => {
    const match = /^RESULT mismatches=(\d+) outputs=(\d+) latency=(-?\d+)$/.exec(line);
    if (match === null) return [];
    const [, mismatches, outputs, latency] = match.map(Number);
    return [{ mismatches: mismatches ?? -1, outputs: outputs ?? -1, latency: latency ?? -1 }];
  });
}
