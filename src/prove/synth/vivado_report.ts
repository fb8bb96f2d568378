import type { Device } from '../../hardware/device/device.js';
import { Qs5Error } from '../../base/errors.js';

/** Required subject of a report. */
export interface Expected {
  readonly device: Device;
  /** Name of the top module. */
  readonly top: string;
}

/** Figures of Vivado's `report_utilization`, in the units of device files. */
export interface VivadoUtilization {
  readonly version: string;
  readonly lut: number;
  readonly lutMemory: number;
  readonly ff: number;
  readonly dsp: number;
  readonly bram: number;
}

/** Rows of its tables: names before and since UltraScale. */
const ROWS = {
  lut: ['Slice LUTs', 'CLB LUTs'],
  lutMemory: ['LUT as Memory'],
  ff: ['Slice Registers', 'CLB Registers'],
  dsp: ['DSPs'],
  bram: ['Block RAM Tile'],
} as const;

/**
 * Reads the output of `report_utilization`.
 *
 * @param file file for errors
 * @throws E_TOOL_FAILED unless it is a complete report of that design, placed on that device
 */
export function parseVivadoUtilization(
  text: string,
  expected: Expected,
  file: string,
): VivadoUtilization {
  const version = header(text, expected, file, 'report_utilization');
  const state = field(text, 'Design State');
  if (state !== undefined && /^synthesized$/i.test(state)) {
    throw refused(file, 'The design of this report was synthesised, but not placed.');
  }
  const values = Object.entries(ROWS).map(([key, names]) => [key, row(text, names)] as const);
  const missing = values.filter(([, value]) => value === undefined).map(([key]) => key as Key);
  if (missing.length > 0) {
    const titles = missing.map((key) => ROWS[key].join(' or '));
    throw refused(
      file,
      `The report is truncated or of another kind: it has no row ${titles.join(', ')}.`,
    );
  }
  const figures = Object.fromEntries(values) as Record<Key, number>;
  // A tile is a RAMB36. Counts are in halves of it.
  return { version, ...figures, bram: 2 * figures.bram };
}

type Key = keyof typeof ROWS;

/** The column `Used` of a row; notes such as `*` may follow its name. */
function row(text: string, names: readonly string[]): number | undefined {
  for (const name of names) {
    const match = new RegExp(`^\\|\\s*${name}\\*?\\s*\\|\\s*([\\d.]+)\\s*\\|`, 'm').exec(text);
    if (match !== null) return Number(match[1]);
  }
  return undefined;
}

export interface VivadoTiming {
  readonly version: string;
  readonly fmaxMhz: number;
}

/**
 * Reads the output of `report_timing_summary`: the clock of the worst setup path.
 *
 * @throws E_TOOL_FAILED unless it is a complete report of one clock of that design on that device
 */
export function parseVivadoTiming(text: string, expected: Expected, file: string): VivadoTiming {
  const version = header(text, expected, file, 'report_timing_summary');
  const slack = tableAfter(text, 'WNS(ns)')[0]?.[0];
  if (slack === undefined)
    throw refused(file, 'The report is truncated: it has no worst slack, WNS(ns).');
  const clocks = tableAfter(text, 'Clock ', 'Waveform(ns)');
  const [clock] = clocks;
  if (clock === undefined || clocks.length > 1) {
    const names = clocks.map(([name]) => name).join(', ');
    throw refused(
      file,
      clocks.length === 0
        ? 'The report has no clock: it is truncated, or the design has no constraint.'
        : `It has ${clocks.length} clocks (${names}), but the design has one.`,
    );
  }
  // Name, {rise fall}, period, frequency.
  const period = Number(clock.at(-2));
  const wns = Number(slack);
  if (!(period > 0) || !Number.isFinite(wns) || period <= wns) {
    throw refused(
      file,
      `Its period (${clock.at(-2) ?? ''} ns) and slack (${slack} ns) make no clock.`,
    );
  }
  return { version, fmaxMhz: 1000 / (period - wns) };
}

/** Rows, as words, of the table with those titles, up to the next empty line. */
function tableAfter(text: string, ...titles: readonly string[]): string[][] {
  const lines = text.split(/\r?\n/);
  const head = lines.findIndex((line) => titles.every((title) => line.includes(title)));
  if (head < 0) return [];
  const rows: string[][] = [];
  for (const line of lines.slice(head + 1)) {
    if (line.trim() === '') break;
    if (!/^[\s-]+$/.test(line)) rows.push(line.trim().split(/\s+/));
  }
  return rows;
}

/** Checks the header of a report of Vivado, and returns its version. */
function header(text: string, { device, top }: Expected, file: string, command: string): string {
  const version = /\|\s*Tool Version\s*:\s*Vivado v\.(\d+(?:\.\d+)*)/.exec(text)?.[1];
  if (version === undefined) throw refused(file, 'The file is not a report of Vivado.');
  if (!(field(text, 'Command') ?? '').startsWith(command)) {
    throw refused(file, `The file is not a report of ${command}.`);
  }
  const design = field(text, 'Design') ?? 'none';
  if (design !== top)
    throw refused(file, `The report belongs to another design: ${design}, not ${top}.`);
  const found = field(text, 'Device') ?? 'none';
  // Vivado omits the prefix of a part of the 7-series, and may insert a hyphen before the package.
  const plain = (name: string) => name.toLowerCase().replace(/^xc/, '');
  if (!plain(found).startsWith(plain(device.name))) {
    throw refused(file, `The report belongs to another device: ${found}, not ${device.name}.`);
  }
  return version;
}

function field(text: string, name: string): string | undefined {
  return new RegExp(`^\\|\\s*${name}\\s*:\\s*(.*?)\\s*$`, 'm').exec(text)?.[1];
}

function refused(subject: string, message: string): Qs5Error {
  return new Qs5Error('E_TOOL_FAILED', {
    subject,
    message,
    hint: 'run synth/vivado.tcl of qs5 generate to its end, and see its log.',
  });
}
