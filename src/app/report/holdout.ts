import {
  errorOf,
  LARGEST,
  meanError,
  summarize,
  type HeldOut,
  type HoldOutSummary,
} from '../../prove/calibrate/holdout.js';
import { markdownTable } from './markdown.js';
import { renderTable } from './table.js';

const percent = (share: number | null) => (share === null ? '-' : `${(100 * share).toFixed(1)} %`);

const SUMMARY_HEAD = [
  'family',
  'designs',
  'DSP exact',
  'block RAM exact',
  'LUT, mean error',
  'FF, mean error',
  'LUT in 90 % range',
  'FF in 90 % range',
  'netlists simulated',
  'differing words',
  'latency and II exact',
];

const DESIGN_HEAD = [
  'design',
  'device',
  'LUT',
  'error',
  'FF',
  'error',
  'DSP',
  'block RAM',
  'netlist',
];

const CLOCK_HEAD = ['design', 'device', 'estimated, MHz', '90 % range', 'runs, MHz', 'mean error'];

const numbers = (head: readonly string[], text: readonly string[]) =>
  head.map((title) => (text.includes(title) ? ('left' as const) : ('right' as const)));

/** A table before it is text or Markdown. */
interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Titles of the columns that are text. */
  readonly text: readonly string[];
}

function tables(rows: readonly HeldOut[]): Table[] {
  const placed = rows.filter(({ mhz }) => mhz.length > 0);
  return [
    { title: '', head: SUMMARY_HEAD, rows: summaryRows(rows), text: ['family'] },
    {
      title:
        'Estimated / measured. 9 of 10 measurements should be in the 90 % range. II: initiation interval, cycles from step to step.',
      head: DESIGN_HEAD,
      rows: rows.map(designRow),
      text: ['design', 'device'],
    },
    ...(placed.length === 0 ? [] : [clockTable(placed)]),
  ];
}

function clockTable(rows: readonly HeldOut[]): Table {
  const { clock, placed } = summarize(rows);
  const placers = [...new Set(rows.flatMap(({ placer }) => placer ?? []))];
  return {
    title: `Clocks of the placed and routed designs (${[placed, ...placers].join(', by ')}): ${percent(clock.error)} mean error over all runs, ${percent(clock.within)} of the runs in the 90 % range.`,
    head: CLOCK_HEAD,
    rows: rows.map(({ name, device, estimate: { fmaxMhz, intervals }, mhz }) => [
      ...[name, device.name, fmaxMhz ?? '-', intervals.fmaxMhz?.join(' to ') ?? '-'],
      mhz.map((one) => one.toFixed(1)).join(', '),
      percent(meanError(fmaxMhz, mhz)),
    ]),
    text: ['design', 'device', '90 % range', 'runs, MHz'],
  };
}

/** Errors on the hold-out set, as tables. */
export function holdOutText(rows: readonly HeldOut[], colour: boolean): string {
  return tables(rows)
    .flatMap(({ title, text, ...table }) => [
      ...(title === '' ? [] : [title]),
      renderTable({ ...table, align: numbers(table.head, text), colour }),
    ])
    .join('\n');
}

/** Errors on the hold-out set, as a page of Markdown. */
export function holdOutMarkdown(rows: readonly HeldOut[], tool: string, command: string): string {
  return [
    '# Estimates compared with synthesis',
    '',
    `Hold-out designs estimated to fit the device and to need at most ${LARGEST} LUTs and ${LARGEST} FFs, synthesised by ${tool}. Netlists were simulated if the family has models of its cells. Written by \`${command}\`.`,
    '',
    ...tables(rows).flatMap(({ title, head, rows: lines, text }) => [
      ...(title === '' ? [] : [title, '']),
      markdownTable(head, lines, numbers(head, text)),
      '',
    ]),
  ].join('\n');
}

/** Errors on the hold-out set, as JSON. */
export function holdOutJson(rows: readonly HeldOut[]) {
  return {
    families: Object.fromEntries(byFamily(rows).map(([name, own]) => [name, summarize(own)])),
    designs: rows.map(({ name, device, estimate, measured, mhz, netlist }) => {
      const { lut, ff, dsp, bram } = measured;
      return {
        ...{ name, device: device.name, estimate: estimate.resources },
        ...{ intervals: estimate.intervals, measured: { lut, ff, dsp, bram }, ...netlist },
        ...{ fmaxMhz: estimate.fmaxMhz, clocks: mhz },
      };
    }),
  };
}

/** Rows by family, then all rows if there are several families. */
function byFamily(rows: readonly HeldOut[]): [string, readonly HeldOut[]][] {
  const families = [...new Set(rows.map(({ device }) => device.family))];
  const groups = families.map((family): [string, readonly HeldOut[]] => [
    family,
    rows.filter(({ device }) => device.family === family),
  ]);
  return families.length > 1 ? [...groups, ['all', rows]] : groups;
}

function summaryRows(rows: readonly HeldOut[]): (string | number)[][] {
  return byFamily(rows).map(([family, own]) => {
    const s: HoldOutSummary = summarize(own);
    return [
      family,
      s.designs,
      s.exact.dsp,
      s.exact.bram,
      percent(s.error.lut),
      percent(s.error.ff),
      percent(s.within.lut),
      percent(s.within.ff),
      s.simulated,
      `${s.netlistMismatches} of ${s.netlistWords}`,
      s.asPlanned,
    ];
  });
}

function designRow(row: HeldOut): (string | number)[] {
  const { estimate, measured, netlist } = row;
  const both = (key: 'lut' | 'ff' | 'dsp' | 'bram') =>
    `${estimate.resources[key] ?? '-'} / ${measured[key]}`;
  const error = (key: 'lut' | 'ff') => {
    const value = errorOf(row, key);
    return value === null ? '-' : `${value >= 0 ? '+' : ''}${percent(value)}`;
  };
  return [
    ...[row.name, row.device.name, both('lut'), error('lut'), both('ff'), error('ff')],
    ...[both('dsp'), both('bram')],
    netlist.netlistMismatches === null ? '-' : `${netlist.netlistMismatches} differ`,
  ];
}
