import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '../../hardware/device/device.js';
import { familyOf } from '../../hardware/device/families/index.js';
import type { Placer } from '../../hardware/device/families/family.js';
import { Qs5Error } from '../../base/errors.js';
import type { Plan } from '../../hardware/plan/types.js';
import { PINS_DESIGN, PINS_TOP } from '../../deliver/pins.js';
import { REPORTS } from '../../deliver/synth_scripts.js';
import { parseVersion } from '../../tools/version.js';
import { countCells, instanceModule, parseNetlist } from './netlist.js';
import { parseNextpnrReport } from './nextpnr_report.js';
import { parseVivadoTiming, parseVivadoUtilization, type Expected } from './vivado_report.js';

/** Reports of the scripts in the folder of a design: the same figures as a measurement. */
export interface Reported {
  readonly tool: { readonly name: string; readonly version: string };
  readonly lut: number;
  /** Null if the reports lack it. */
  readonly ff: number | null;
  readonly dsp: number;
  readonly bram: number;
  readonly fmaxMhz: number;
  /** Cells in the figures that do not belong to the design. */
  readonly note?: string;
}

/**
 * Reads the reports of nextpnr or Vivado in a folder.
 *
 * @throws E_USAGE for a device without scripts, E_FILE for a missing report, E_TOOL_FAILED for a
 * broken or truncated report, or one of another device or design
 */
export async function readReports(folder: string, device: Device, plan: Plan): Promise<Reported> {
  const { vendor, placer } = familyOf(device.family);
  if (vendor === 'vivado') return vivadoReports(folder, { device, top: plan.top });
  if (placer !== undefined) return nextpnrReports(folder, device, placer, plan);
  throw new Qs5Error('E_USAGE', {
    message: `qs5 reads no reports for ${device.name}: it has no script for place and route.`,
    hint: 'without --reports, qs5 synth runs Yosys.',
  });
}

async function vivadoReports(folder: string, expected: Expected): Promise<Reported> {
  const [utilization, timing] = [join(folder, REPORTS.utilization), join(folder, REPORTS.timing)];
  const used = parseVivadoUtilization(await reportText(utilization), expected, utilization);
  const { fmaxMhz } = parseVivadoTiming(await reportText(timing), expected, timing);
  const { lut, ff, dsp, bram, version } = used;
  return { tool: { name: 'vivado', version }, lut, ff, dsp, bram, fmaxMhz };
}

async function nextpnrReports(
  folder: string,
  device: Device,
  { program, used }: Placer,
  plan: Plan,
): Promise<Reported> {
  const file = join(folder, REPORTS.nextpnr);
  const { fmaxMhz, total } = parseNextpnrReport(await reportText(file), device, file);
  const told = await readFile(join(folder, REPORTS.nextpnrVersion), 'utf8').catch(() => '');
  const tool = { name: program, version: parseVersion(program, told) ?? 'unknown' };
  const beside = join(folder, REPORTS.netlist);
  const netlist = await readFile(beside, 'utf8').catch(() => undefined);
  if (netlist !== undefined) {
    // Cells of the design, without the shift registers of the pins.
    const parsed = parseNetlist(netlist);
    const module = instanceModule(parsed, PINS_TOP, PINS_DESIGN);
    if (module !== plan.top) {
      throw new Qs5Error('E_TOOL_FAILED', {
        subject: beside,
        message: `The report belongs to another design: ${module}, not ${plan.top}.`,
        hint: 'name the folder of qs5 generate for this config.',
      });
    }
    const { lut, ff, dsp, bram } = countCells(parsed, module, device.family).total;
    return { tool, lut, ff, dsp, bram, fmaxMhz };
  }
  const { lut, ff, dsp, bram } = total;
  const tellsFf = used.some(({ cells }) => cells.ff !== undefined);
  return {
    ...{ tool, lut, ff: tellsFf ? ff : null, dsp, bram, fmaxMhz },
    note: `including the shift registers that replace pins, because ${REPORTS.netlist} of ${plan.top} is missing`,
  };
}

async function reportText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new Qs5Error('E_FILE', {
      subject: file,
      message: 'The report does not exist.',
      hint: 'name the folder synth/out of the scripts of qs5 generate, and their device.',
    });
  }
}
