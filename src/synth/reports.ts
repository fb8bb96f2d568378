import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '../device/device.js';
import { familyOf } from '../device/families/index.js';
import type { Placer } from '../device/families/family.js';
import { Qs5Error } from '../errors.js';
import type { Plan } from '../plan/types.js';
import { PINS_DESIGN, PINS_TOP } from '../simulate/pins.js';
import { REPORTS } from '../simulate/synth_scripts.js';
import { parseVersion } from '../tools/version.js';
import { countCells, instanceModule, parseNetlist } from './netlist.js';
import { parseNextpnrReport } from './nextpnr_report.js';
import { parseVivadoTiming, parseVivadoUtilization, type Expected } from './vivado_report.js';

/** What the scripts of a design's folder left: the same figures as those of a measurement. */
export interface Reported {
  readonly tool: { readonly name: string; readonly version: string };
  readonly lut: number;
  /** Null where a report does not tell it. */
  readonly ff: number | null;
  readonly dsp: number;
  readonly bram: number;
  readonly fmaxMhz: number;
  /** What the figures count beside the design. */
  readonly note?: string;
}

/**
 * Reads the reports of nextpnr or Vivado in a folder.
 *
 * @throws E_USAGE for a device without scripts; E_FILE for a report that is not there; E_TOOL_FAILED
 * for one that is broken, cut off, or of another device or design
 */
export async function readReports(folder: string, device: Device, plan: Plan): Promise<Reported> {
  const { vendor, placer } = familyOf(device.family);
  if (vendor === 'vivado') return vivadoReports(folder, { device, top: plan.top });
  if (placer !== undefined) return nextpnrReports(folder, device, placer, plan);
  throw new Qs5Error('E_USAGE', {
    message: `No reports are read for ${device.name}: there is no script that places on it.`,
    hint: 'without --reports, qs5 synth shows what Yosys makes of the design.',
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
    // The design's own cells, without those that stand for the pins.
    const parsed = parseNetlist(netlist);
    const module = instanceModule(parsed, PINS_TOP, PINS_DESIGN);
    if (module !== plan.top) {
      throw new Qs5Error('E_TOOL_FAILED', {
        subject: beside,
        message: `It is of another design: ${module}, not ${plan.top}.`,
        hint: 'name the folder that qs5 generate made of this config.',
      });
    }
    const { lut, ff, dsp, bram } = countCells(parsed, module, device.family).total;
    return { tool, lut, ff, dsp, bram, fmaxMhz };
  }
  const { lut, ff, dsp, bram } = total;
  const tellsFf = used.some(({ cells }) => cells.ff !== undefined);
  return {
    ...{ tool, lut, ff: tellsFf ? ff : null, dsp, bram, fmaxMhz },
    note: `with the shift registers in place of pins: there is no ${REPORTS.netlist} beside the report of ${plan.top}`,
  };
}

async function reportText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new Qs5Error('E_FILE', {
      subject: file,
      message: 'There is no such report.',
      hint: 'name the folder synth/out in which the scripts of qs5 generate leave theirs, and the device that they are for.',
    });
  }
}
