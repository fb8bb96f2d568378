import type { Device } from '../../hardware/device/device.js';
import { relativeError, type Estimate } from '../../hardware/estimate/estimate.js';
import type { Plan } from '../../hardware/plan/types.js';
import { overBudget } from '../../hardware/device/budget.js';
import type { Reported } from '../../prove/synth/reports.js';
import { renderTable } from './table.js';

const KEYS = ['lut', 'ff', 'dsp', 'bram', 'fmaxMhz'] as const;
const TITLES = { lut: 'LUT', ff: 'FF', dsp: 'DSP', bram: 'block RAM', fmaxMhz: 'clock, MHz' };
type Figures = Readonly<Record<(typeof KEYS)[number], number | null>>;

/** Output of `qs5 synth --reports --json`. */
export interface ReportedSynthesis {
  readonly config: string;
  readonly device: string;
  readonly tool: Reported['tool'];
  readonly estimate: Figures;
  readonly measured: Figures;
  /** Estimated / measured - 1; null if either is unknown or 0. */
  readonly error: Figures;
  readonly available: Estimate['available'];
  readonly over: readonly string[];
  /** Always null, because no netlist is simulated. */
  readonly netlistMismatches: null;
  readonly note?: string;
}

/** An estimate and the reports of another tool. */
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

/** The comparison as a table. */
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
