import type { Device } from '../device/device.js';
import { relativeError, type Estimate } from '../estimate/estimate.js';
import type { Plan } from '../plan/types.js';
import { overBudget } from '../device/budget.js';
import type { Reported } from '../synth/reports.js';
import { renderTable } from './table.js';

const KEYS = ['lut', 'ff', 'dsp', 'bram', 'fmaxMhz'] as const;
const TITLES = { lut: 'LUT', ff: 'FF', dsp: 'DSP', bram: 'block RAM', fmaxMhz: 'clock, MHz' };
type Figures = Readonly<Record<(typeof KEYS)[number], number | null>>;

/** What `qs5 synth --reports --json` prints. */
export interface ReportedSynthesis {
  readonly config: string;
  readonly device: string;
  readonly tool: Reported['tool'];
  readonly estimate: Figures;
  readonly measured: Figures;
  /** Estimated over measured, less one; null where either has no figure or is 0. */
  readonly error: Figures;
  readonly available: Estimate['available'];
  readonly over: readonly string[];
  /** Nothing was simulated. */
  readonly netlistMismatches: null;
  readonly note?: string;
}

/** An estimate beside what another tool reported. */
export function reportedSynthesis(
  plan: Plan,
  device: Device,
  { resources, available, fmaxMhz }: Pick<Estimate, 'resources' | 'available' | 'fmaxMhz'>,
  { tool, note, ...measured }: Reported,
): ReportedSynthesis {
  const { lut, ff, dsp, bram } = resources;
  const estimate: Figures = { lut, ff, dsp, bram, fmaxMhz };
  const error = Object.fromEntries(
    KEYS.map((key) => [key, relativeError(estimate[key], measured[key])]),
  ) as Figures;
  return {
    ...{ config: plan.name, device: device.name, tool, estimate, measured, error, available },
    over: overBudget({ ...measured, ff: measured.ff ?? 0 }, device),
    netlistMismatches: null,
    ...(note === undefined ? {} : { note }),
  };
}

/** The same as a table for a person. */
export function reportedText(report: ReportedSynthesis, colour = false): string {
  const shown = (key: keyof Figures, value: number | null) =>
    value === null ? '-' : key === 'fmaxMhz' ? value.toFixed(1) : value;
  const rows = KEYS.map((key) => {
    const error = report.error[key];
    return [
      TITLES[key],
      shown(key, report.estimate[key]),
      shown(key, report.measured[key]),
      error === null ? '' : `${error >= 0 ? '+' : ''}${(100 * error).toFixed(1)} %`,
      key === 'fmaxMhz' ? '' : report.available[key],
    ];
  });
  return [
    `${report.config} on ${report.device}, reported by ${report.tool.name} ${report.tool.version}`,
    '',
    renderTable({
      head: ['', 'estimated', 'measured', 'error', 'available'],
      align: ['left', 'right', 'right', 'right', 'right'],
      rows,
      colour,
    }),
    ...(report.note === undefined ? [] : [report.note]),
    ...report.over.map((what) => `does not fit: ${what}`),
    '',
  ].join('\n');
}
