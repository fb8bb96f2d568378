import type { Device } from '../device/device.js';
import { Qs5Error } from '../errors.js';

/** What a report must be of. */
export interface Expected {
  readonly device: Device;
  /** Name of the top module. */
  readonly top: string;
}

/** What Vivado's `report_utilization` says, in the units of device files. */
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
 * Reads what `report_utilization` wrote.
 *
 * @param file the file that an error names
 * @throws E_TOOL_FAILED for anything that is no whole report of that design, placed on that device
 */
export function parseVivadoUtilization(
  text: string,
  expected: Expected,
  file: string,
): VivadoUtilization {
  const version = header(text, expected, file, 'report_utilization');
  const state = field(text, 'Design State');
  if (state !== undefined && /^synthesized$/i.test(state)) {
    throw refused(file, 'It is of a design that was synthesised, but not placed.');
  }
  const values = Object.entries(ROWS).map(([key, names]) => [key, row(text, names)] as const);
  const missing = values.filter(([, value]) => value === undefined).map(([key]) => key as Key);
  if (missing.length > 0) {
    const titles = missing.map((key) => ROWS[key].join(' or '));
    throw refused(file, `It is cut off, or another report: it has no row ${titles.join(', ')}.`);
  }
  const figures = Object.fromEntries(values) as Record<Key, number>;
  // A tile is a RAMB36, and is counted in halves.
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
 * Reads what `report_timing_summary` wrote: the clock that the worst setup path allows.
 *
 * @throws E_TOOL_FAILED for anything that is no whole report of one clock of that design on that device
 */
export function parseVivadoTiming(text: string, expected: Expected, file: string): VivadoTiming {
  const version = header(text, expected, file, 'report_timing_summary');
  const slack = tableAfter(text, 'WNS(ns)')[0]?.[0];
  if (slack === undefined) throw refused(file, 'It is cut off: it has no worst slack, WNS(ns).');
  const clocks = tableAfter(text, 'Clock ', 'Waveform(ns)');
  const [clock] = clocks;
  if (clock === undefined || clocks.length > 1) {
    const names = clocks.map(([name]) => name).join(', ');
    throw refused(
      file,
      clocks.length === 0
        ? 'It has no clock: it is cut off, or the design was not constrained.'
        : `It has ${clocks.length} clocks (${names}), where there is one.`,
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

/** Rows, as words, of the table whose head has those titles; up to the next empty line. */
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

/** Checks what every report of Vivado begins with; its version. */
function header(text: string, { device, top }: Expected, file: string, command: string): string {
  const version = /\|\s*Tool Version\s*:\s*Vivado v\.(\d+(?:\.\d+)*)/.exec(text)?.[1];
  if (version === undefined) throw refused(file, 'It is no report of Vivado.');
  if (!(field(text, 'Command') ?? '').startsWith(command)) {
    throw refused(file, `It is no report of ${command}.`);
  }
  const design = field(text, 'Design') ?? 'none';
  if (design !== top) throw refused(file, `It is of another design: ${design}, not ${top}.`);
  const found = field(text, 'Device') ?? 'none';
  // Vivado leaves out the maker of a part of the 7-series, and may put a bar before the package.
  const plain = (name: string) => name.toLowerCase().replace(/^xc/, '');
  if (!plain(found).startsWith(plain(device.name))) {
    throw refused(file, `It is of another device: ${found}, not ${device.name}.`);
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
    hint: 'run synth/vivado.tcl, which qs5 generate writes, to its end; its log says what went wrong.',
  });
}
