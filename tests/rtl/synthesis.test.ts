import { beforeAll, describe, expect, it } from 'vitest';
import { RTL_SOURCES } from './harness.js';
import { yosysRun } from './yosys.js';
import {
  deepRom,
  multipliersOf,
  romTree,
  synthesisCases,
  synthesisDesign,
  wrapperName,
} from './synthesis_cases.js';

/**
 * Netlists of Yosys 0.55 for the modules that multiply, for three families: no latch, no conflict
 * of drivers, one DSP for each multiplier of the contract, block RAM for a deep ROM.
 * One run per family holds all cases, as most of a run is the same for each.
 */
interface Family {
  readonly family: string;
  readonly command: string;
  readonly dsp: RegExp;
  readonly blockRam: RegExp;
}

const FAMILIES: readonly Family[] = [
  {
    family: 'iCE40',
    command: 'synth_ice40 -dsp -top top',
    dsp: /^SB_MAC16$/,
    blockRam: /^SB_RAM40_4K/,
  },
  {
    family: 'ECP5',
    command: 'synth_ecp5 -top top',
    dsp: /^MULT18X18D$/,
    blockRam: /^(DP16KD|PDPW16KD)$/,
  },
  {
    family: '7-series',
    command: 'synth_xilinx -family xc7 -top top',
    dsp: /^DSP48E1$/,
    blockRam: /^RAMB(18|36)E1$/,
  },
];

/** Warnings about Yosys's own doings: ABC's, those of its block RAM models, and their count. */
const TOOLS_OWN = [
  /^ABC: Warning/,
  /^Warning: Resizing cell port \S+\.rom\.\d+\.\d+\.DO[AB]?P?\w* from/,
  /^Warnings: \d+ unique messages, \d+ total$/,
];

/** Cells by type, per module. */
type Modules = Readonly<Record<string, Readonly<Record<string, number>>>>;

describe.each(FAMILIES)('$family', ({ command, dsp, blockRam }) => {
  let log = '';
  let modules: Modules = {};

  beforeAll(async () => {
    const script = [
      'read_verilog *.v',
      'hierarchy -check -top top',
      command,
      'check -assert',
      'tee -q -o stat.json stat -json',
    ].join('; ');
    const design = { 'top.v': synthesisDesign(synthesisCases) };
    const run = await yosysRun(script, { ...RTL_SOURCES, ...design, ...romTree(synthesisCases) });
    log = run.log;
    expect(run.ok, log.slice(-2000)).toBe(true);
    modules = cellsOf(run.files['stat.json']);
  });

  it('has no warning of ours', () => {
    const warnings = log.split('\n').filter((line) => /warning|conflict/i.test(line));
    expect(warnings.filter((line) => !TOOLS_OWN.some((own) => own.test(line)))).toEqual([]);
  });

  it('has no latch', () => {
    const types = Object.values(modules).flatMap((cells) => Object.keys(cells));
    expect(types.filter((type) => /latch|^LD[CP]E/i.test(type))).toEqual([]);
  });

  it.each(synthesisCases.map((block) => ({ block })))('$block.id: a DSP each', ({ block }) => {
    const multipliers = multipliersOf(block);
    expect(multipliers).toBeGreaterThan(0);
    expect(countCells(modules, wrapperName(block), dsp)).toBe(multipliers);
  });

  it('puts a deep ROM into block RAM', () => {
    expect(deepRom.memories[0]).toMatchObject({ depth: 1024, width: 32 });
    expect(countCells(modules, wrapperName(deepRom), blockRam)).toBeGreaterThan(0);
  });
});

/** Cells of a module and of all below it. */
function countCells(modules: Modules, name: string, type: RegExp): number {
  const cells = Object.entries(modules[name] ?? {});
  return cells.reduce(
    (sum, [kind, count]) =>
      sum + count * (kind in modules ? countCells(modules, kind, type) : type.test(kind) ? 1 : 0),
    0,
  );
}

/** Output of `stat -json`. Names of modules are escaped there, types of cells are not. */
function cellsOf(file: unknown): Modules {
  const text = file instanceof Uint8Array ? new TextDecoder().decode(file) : String(file);
  const stat = JSON.parse(text) as {
    modules: Record<string, { num_cells_by_type?: Record<string, number> }>;
  };
  return Object.fromEntries(
    Object.entries(stat.modules).map(([name, { num_cells_by_type: cells = {} }]) => [
      name.replace(/^\\/, ''),
      cells,
    ]),
  );
}
