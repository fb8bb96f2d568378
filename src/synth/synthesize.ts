import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '../device/device.js';
import { Qs5Error } from '../errors.js';
import type { Plan } from '../plan/types.js';
import { hardwareFiles, type Files } from '../simulate/files.js';
import { writeFiles } from '../simulate/write_folder.js';
import type { Environment } from '../tools/find.js';
import { printModule } from '../verilog/structure.js';
import { topModule } from '../verilog/top.js';
import type { Cells } from './cells.js';
import { synthesisCommand } from './families.js';
import { countCells, instanceModule, parseNetlist } from './netlist.js';
import { PINS_DESIGN, PINS_TOP, pinsLibrary, pinsModule } from './pins.js';
import { runYosys, type Yosys } from './yosys.js';

export interface SynthesisOptions {
  readonly yosys: Yosys;
  /** Longest run of Yosys, ms. */
  readonly timeoutMs: number;
  readonly env?: Environment;
  readonly signal?: AbortSignal;
}

/** Cells of a module, and the netlist itself. */
export interface Synthesis {
  readonly total: Cells;
  /** By block id; '' is what the top has beside its blocks. */
  readonly blocks: ReadonlyMap<string, Cells>;
  readonly types: ReadonlyMap<string, number>;
  /** Verilog, of the cells of the device. */
  readonly netlist: string;
}

/** What is to be synthesised. */
export interface SynthesisRequest {
  /** Sources, and the ROM images that they read. */
  readonly files: Files;
  readonly top: string;
  /** Modules that stay apart from what they are in; all of them are in use. */
  readonly keep: readonly string[];
  /** The instance in `top` that is meant, where `top` is but around it. */
  readonly inside?: string;
}

/** Files of a synthesis in its folder. */
export const NETLIST = 'netlist.json';

/**
 * Synthesises files in a folder, where it leaves netlist.json and netlist.v.
 *
 * @throws E_TOOL_MISSING, E_TOOL_FAILED
 */
export async function synthesize(
  folder: string,
  request: SynthesisRequest,
  device: Device,
  options: SynthesisOptions,
): Promise<Synthesis> {
  const { files, top, keep, inside } = request;
  const sources = [...files.keys()].filter((path) => path.endsWith('.v'));
  await writeFiles(folder, files);
  await runYosys({
    ...options,
    folder,
    script: [
      `read_verilog ${sources.join(' ')}`,
      `hierarchy -check -top ${top}`,
      // Modules with parameters have names that end in their own.
      `setattr -mod -set keep_hierarchy 1 ${keep.map((name) => `*${name}`).join(' ')}`,
      `${synthesisCommand(device)} -top ${top}`,
      'check -assert',
      // Notes of where a cell came from, which nextpnr takes for cells.
      'delete */t:$scopeinfo',
      `write_json ${NETLIST}`,
      'write_verilog -noattr netlist.v',
    ],
  });
  const text = await leftFile(folder, NETLIST);
  const netlist = parseNetlist(text);
  const module = inside === undefined ? top : instanceModule(netlist, top, inside);
  const { total, instances, types } = countCells(netlist, module, device.family);
  return {
    total,
    blocks: new Map([...instances].map(([name, cells]) => [name.replace(/^u_/, ''), cells])),
    types,
    netlist: await leftFile(folder, 'netlist.v'),
  };
}

/**
 * A plan to be synthesised. Every block keeps its hierarchy, so that it can be told apart; little
 * is lost, as their borders are registered.
 *
 * @param onPins whether the design is put on few pins, to be placed and routed
 */
export async function planRequest(plan: Plan, onPins: boolean): Promise<SynthesisRequest> {
  const files = await hardwareFiles(plan, ['Synthesised by qs5.']);
  const keep = [...new Set(plan.blocks.map(({ module }) => module))];
  if (!onPins) return { files, top: plan.top, keep };
  const { ports } = topModule(plan, []);
  const around = new Map([
    ...files,
    ['pins/qs5_pins.v', await pinsLibrary()] as const,
    [`pins/${PINS_TOP}.v`, printModule(pinsModule(plan.top, 'aclk', ports))] as const,
  ]);
  return { files: around, top: PINS_TOP, keep: [...keep, plan.top], inside: PINS_DESIGN };
}

/** A file that Yosys left. */
async function leftFile(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch {
    throw new Qs5Error('E_TOOL_FAILED', {
      subject: 'yosys',
      message: `It ended well, but left no ${name}.`,
      hint: 'is it really Yosys, and is there room on the disk?',
    });
  }
}
