import { createHash } from 'node:crypto';
import { RESET_MODULE } from '../blocks/reset.js';
import type { CycleRun } from '../cycle/model.js';
import { patience } from '../cycle/model.js';
import type { Stimulus } from '../cycle/stimulus.js';
import type { Plan } from '../plan/types.js';
import { romFile } from '../verilog/hex.js';
import { printModule } from '../verilog/structure.js';
import { designModules } from '../verilog/top.js';
import { benchModule, vectorFiles } from './bench.js';
import { libraryModules, packageFile } from './library.js';

/** Files by path inside a design's folder. */
export type Files = ReadonlyMap<string, string>;

/** Files by path inside a design's folder, including binary files. */
export type FolderFiles = ReadonlyMap<string, string | Uint8Array>;

/** The synthesisable part of a design: top, library modules, ROM images and the file list. */
export async function hardwareFiles(plan: Plan, provenance: readonly string[]): Promise<Files> {
  const modules = [RESET_MODULE, ...plan.blocks.map(({ module }) => module)];
  const library = await libraryModules(modules);
  const files = new Map<string, string>();
  for (const module of designModules(plan, provenance)) {
    files.set(`rtl/${module.name}.v`, printModule(module));
  }
  for (const [name, text] of library) files.set(`rtl/${name}.v`, text);
  files.set('files.f', `${[...files.keys()].join('\n')}\n`);
  for (const block of plan.blocks) {
    for (const rom of block.roms) files.set(rom.file, romFile(rom));
  }
  return files;
}

/** The bench of a design for one stimulus: bench modules, clocks, vectors and their file list. */
export async function benchFiles(plan: Plan, stimulus: Stimulus, run: CycleRun): Promise<Files> {
  const bench = benchModule(plan, stimulus, run, patience(plan, stimulus));
  return new Map([
    ['bench/qs5_bench.v', await packageFile('testbenches/qs5_bench.v')],
    [`bench/${bench.name}.v`, printModule(bench)],
    ['bench/clock.v', await packageFile('sim/clock.v')],
    ['bench/clock.cpp', await packageFile('sim/clock.cpp')],
    ['bench.f', `-f files.f\nbench/qs5_bench.v\nbench/${bench.name}.v\n`],
    ...vectorFiles(plan, stimulus, run),
  ]);
}

/** SHA-256 of a text or of bytes, hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
