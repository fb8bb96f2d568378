import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RESET_ID } from '../../hardware/blocks/reset.js';
import type { Device } from '../../hardware/device/device.js';
import { Qs5Error } from '../../base/errors.js';
import type { Plan } from '../../hardware/plan/types.js';
import { hardwareFiles, type Files } from '../../hardware/folder/files.js';
import { yosysScript } from '../../deliver/yosys_script.js';
import { writeFiles } from '../../hardware/folder/write_folder.js';
import type { Environment } from '../../tools/find.js';
import { addCells, NO_CELLS, type Cells } from './cells.js';
import { countCells, instanceModule, parseNetlist } from './netlist.js';
import { keptModules, PINS_DESIGN, PINS_TOP, pinsFiles } from '../../deliver/pins.js';
import { runYosys, type Yosys } from './yosys.js';

export interface SynthesisOptions {
  readonly yosys: Yosys;
  /** Time limit of Yosys, ms. */
  readonly timeoutMs: number;
  readonly env?: Environment;
  readonly signal?: AbortSignal;
}

/** Cells of a module, and the netlist itself. */
export interface Synthesis {
  readonly total: Cells;
  /** Cells by block id. The rest of the top is the resets. */
  readonly blocks: ReadonlyMap<string, Cells>;
  readonly types: ReadonlyMap<string, number>;
  /** Netlist in Verilog, made of cells of the device. */
  readonly netlist: string;
}

/** Subject of a synthesis. */
export interface SynthesisRequest {
  /** Sources and their ROM images. */
  readonly files: Files;
  readonly top: string;
  /** Modules that keep their hierarchy; the design uses all of them. */
  readonly keep: readonly string[];
  /** The relevant instance in `top`, if `top` is only a wrapper. */
  readonly inside?: string;
}

/** Files of a synthesis in its folder. */
export const NETLIST = 'netlist.json';

/**
 * Synthesises files in a folder, and writes netlist.json and netlist.v to it.
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
      ...yosysScript({ sources, top, keep, pads: inside !== undefined, device }),
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
    blocks: byBlock(instances),
    types,
    netlist: await leftFile(folder, 'netlist.v'),
  };
}

/** Cells of instances, by block. */
function byBlock(instances: ReadonlyMap<string, Cells>): Map<string, Cells> {
  const blocks = new Map<string, Cells>();
  for (const [name, cells] of instances) {
    // Layers lose their hierarchy, and name their blocks u_layer<n>.u_<id>.
    const [, id = RESET_ID] = /^(?:u_layer\d+\.)?u_([^.]+)/.exec(name) ?? [];
    blocks.set(id, addCells(blocks.get(id) ?? NO_CELLS, cells));
  }
  return blocks;
}

/** Request for a plan, on few pins if it will be placed and routed. */
export async function planRequest(plan: Plan, onPins: boolean): Promise<SynthesisRequest> {
  const files = await hardwareFiles(plan, ['Synthesised by qs5.']);
  const keep = keptModules(plan);
  if (!onPins) return { files, top: plan.top, keep };
  const around = new Map([...files, ...(await pinsFiles(plan, 'pins'))]);
  return { files: around, top: PINS_TOP, keep: [...keep, plan.top], inside: PINS_DESIGN };
}

/** An output file of Yosys. */
async function leftFile(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch {
    throw new Qs5Error('E_TOOL_FAILED', {
      subject: 'yosys',
      message: `Yosys succeeded without writing ${name}.`,
      hint: 'check that the program is Yosys, and that the disk is not full.',
    });
  }
}
