import { counted } from '../../base/counted.js';
import { RESOURCES } from '../../hardware/device/budget.js';
import type { Device } from '../../hardware/device/device.js';
import { relativeError, type Estimate, type Interval } from '../../hardware/estimate/estimate.js';
import { median } from '../../base/median.js';
import type { Plan } from '../../hardware/plan/types.js';
import { NO_CELLS, type Cells } from '../../prove/synth/cells.js';
import type { Measurement } from '../../prove/synth/measure.js';
import { RESOURCE_TITLES } from './estimate.js';
import { renderTable } from './table.js';

/** Resources of a design, estimated or measured; null: unknown. */
export interface Figures {
  readonly lut: number | null;
  readonly ff: number | null;
  readonly dsp: number | null;
  readonly bram: number | null;
  readonly fmaxMhz: number | null;
}

const NO_FIGURES: Figures = { lut: null, ff: null, dsp: null, bram: null, fmaxMhz: null };

/** Output of `qs5 synth --json`. */
export interface SynthesisReport {
  readonly config: string;
  readonly device: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly estimate: Figures;
  /** Estimated range of 9 of 10 measurements. */
  readonly intervals: Estimate['intervals'];
  readonly measured: Figures;
  /** Estimated / measured - 1; null if either is unknown or 0. */
  readonly error: Readonly<Record<'lut' | 'ff' | 'dsp' | 'bram' | 'fmaxMhz', number | null>>;
  readonly available: Readonly<Record<'lut' | 'ff' | 'dsp' | 'bram', number>>;
  /** Resources that exceed the device. */
  readonly over: readonly string[];
  /** Differing words and cycles of the netlist; null if its cells have no models. */
  readonly netlistMismatches: number | null;
  /** True if latency and initiation interval of the netlist equal those of the plan. */
  readonly asPlanned: boolean | null;
  readonly netlistWords: number;
  readonly first?: Measurement['first'];
  readonly route?: {
    readonly tool: { readonly name: string; readonly version: string };
    readonly seeds: readonly { readonly seed: number; readonly fmaxMhz: number }[];
    /** Reason why another seed was not placed and routed. */
    readonly failure?: string;
  };
  readonly blocks: readonly ({
    readonly block: string;
    readonly module: string;
    readonly estimate: Pick<Figures, 'lut' | 'ff' | 'dsp' | 'bram'>;
  } & { readonly measured: Cells })[];
}

/** An estimate and a measurement. */
export function synthesisReport(
  plan: Plan,
  device: Device,
  estimate: Estimate,
  measurement: Measurement,
): SynthesisReport {
  const { total, routes, routeFailure, nextpnr, yosys, first } = measurement;
  const { lut, ff, dsp, bram } = estimate.resources;
  const estimated: Figures = { lut, ff, dsp, bram, fmaxMhz: estimate.fmaxMhz };
  // Figures of a wrong netlist are meaningless.
  const wrong = (measurement.netlistMismatches ?? 0) > 0;
  const measured: Figures = wrong
    ? NO_FIGURES
    : { ...pick(total), fmaxMhz: median(routes.map(({ fmaxMhz }) => fmaxMhz)) };
  const error = (key: keyof Figures) => relativeError(estimated[key], measured[key]);
  return {
    config: plan.name,
    device: device.name,
    tool: { name: 'yosys', version: yosys.version },
    estimate: estimated,
    intervals: estimate.intervals,
    measured,
    error: {
      lut: error('lut'),
      ff: error('ff'),
      dsp: error('dsp'),
      bram: error('bram'),
      fmaxMhz: error('fmaxMhz'),
    },
    available: estimate.available,
    over: wrong ? [] : measurement.over,
    netlistMismatches: measurement.netlistMismatches,
    asPlanned: measurement.asPlanned,
    netlistWords: measurement.netlistWords,
    ...(first === undefined ? {} : { first }),
    ...(nextpnr === undefined
      ? {}
      : {
          route: {
            tool: { name: nextpnr.program, version: nextpnr.version },
            seeds: routes.map(({ seed, fmaxMhz }) => ({ seed, fmaxMhz })),
            ...(routeFailure === undefined ? {} : { failure: routeFailure.message }),
          },
        }),
    blocks: (wrong ? [] : estimate.blocks).map(({ block, module, lut, ff, dsp, bram }) => ({
      block,
      module,
      estimate: { lut, ff, dsp, bram },
      measured: measurement.blocks.get(block) ?? NO_CELLS,
    })),
  };
}

function pick({ lut, ff, dsp, bram }: Cells): Omit<Figures, 'fmaxMhz'> {
  return { lut, ff, dsp, bram };
}

/** The comparison as tables. */
export function synthesisText(report: SynthesisReport, colour = false): string {
  const { estimate, intervals, measured, available, tool, route } = report;
  const percent = (value: number | null) =>
    value === null ? '' : `${value >= 0 ? '+' : ''}${(100 * value).toFixed(1)} %`;
  const between = (range: Interval | null) => (range === null ? '' : `${range[0]} to ${range[1]}`);
  const rows = RESOURCES.map((key) => [
    RESOURCE_TITLES[key],
    estimate[key] ?? '-',
    key === 'lut' || key === 'ff' ? between(intervals[key]) : 'exact',
    measured[key] ?? '-',
    percent(report.error[key]),
    available[key],
    available[key] === 0 ? '' : `${((100 * (measured[key] ?? 0)) / available[key]).toFixed(1)} %`,
  ]);
  const clock =
    route === undefined
      ? []
      : [
          [
            'clock, MHz',
            estimate.fmaxMhz ?? '-',
            between(intervals.fmaxMhz),
            measured.fmaxMhz?.toFixed(1) ?? '-',
            percent(report.error.fmaxMhz),
            '',
            '',
          ],
        ];
  const both = (guess: number | null, truth: number) => `${guess ?? '-'} / ${truth}`;
  const blocks = renderTable({
    head: ['block', 'module', 'LUT', 'FF', 'DSP', 'block RAM'],
    align: ['left', 'left', 'right', 'right', 'right', 'right'],
    rows: report.blocks.map(({ block, module, estimate: guess, measured: truth }) => [
      block,
      module,
      both(guess.lut, truth.lut),
      both(guess.ff, truth.ff),
      both(guess.dsp, truth.dsp),
      both(guess.bram, truth.bram),
    ]),
    colour,
  });
  return [
    `${report.config} on ${report.device}, Yosys ${tool.version}`,
    '',
    renderTable({
      head: ['', 'estimated', '90 % range', 'measured', 'error', 'available', 'share'],
      align: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
      rows: [...rows, ...clock],
      colour,
    }),
    ...(report.blocks.length === 0 ? [] : ['by block, estimated / measured', blocks]),
    netlistLine(report),
    ...(route === undefined ? [] : [routeLine(route)]),
    ...report.over.map((what) => `does not fit: ${what}`),
    '',
  ].join('\n');
}

function netlistLine({ netlistMismatches, netlistWords, first }: SynthesisReport): string {
  if (netlistMismatches === null) {
    return 'netlist not simulated: the cells of this family have no models';
  }
  if (netlistMismatches === 0) {
    return `netlist simulated in Icarus: 0 of ${counted(netlistWords, 'word')} differ, in value or cycle`;
  }
  const where =
    first === undefined
      ? ''
      : `; the first is ${first.signal} in cycle ${first.cycle}: ${first.actual} instead of ${first.expected}`;
  return `WRONG NETLIST: ${netlistMismatches} words or cycles differ${where}. The figures of this netlist are meaningless.`;
}

function routeLine({ tool, seeds, failure }: NonNullable<SynthesisReport['route']>): string {
  if (seeds.length === 0) return `${tool.name} ${tool.version}: not routed`;
  const clocks = seeds.map(({ seed, fmaxMhz }) => `${fmaxMhz.toFixed(1)} (seed ${seed})`);
  const failed = failure === undefined ? '' : `; another seed failed: ${failure}`;
  return `${tool.name} ${tool.version}: ${clocks.join(', ')} MHz${failed}`;
}
