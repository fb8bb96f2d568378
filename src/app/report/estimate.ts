import { counted } from '../../base/counted.js';
import { RESOURCES, type Resource } from '../../hardware/device/budget.js';
import type { BlockEstimate, Estimate, Interval } from '../../hardware/estimate/estimate.js';
import { fitText } from './fit.js';
import { markdownTable } from './markdown.js';
import { renderTable, type Align } from './table.js';

export const RESOURCE_TITLES: Readonly<Record<Resource, string>> = {
  lut: 'LUT',
  ff: 'FF',
  dsp: 'DSP',
  bram: 'block RAM',
};

/** Contents of a table, for text or Markdown. */
interface Columns {
  readonly head: readonly string[];
  readonly align: readonly Align[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** An estimate as tables. */
export function estimateText(estimate: Estimate, colour = false): string {
  const render = (table: Columns) => renderTable({ ...table, colour });
  return [
    fitText(estimate),
    ...totals(estimate),
    '',
    render(wholeTable(estimate)),
    ...layerTables(estimate).map(render),
    render(blockTable(estimate)),
  ].join('\n');
}

/** An estimate as a page of Markdown. */
export function estimateMarkdown(name: string, estimate: Estimate, command: string): string {
  const render = ({ head, rows, align }: Columns) => `${markdownTable(head, rows, align)}\n`;
  return [
    `# ${name} on ${estimate.device}`,
    '',
    `Written by \`${command}\`.`,
    '',
    ...[fitText(estimate), ...totals(estimate)].map((line) => `- ${line}`),
    '',
    render(wholeTable(estimate)),
    ...layerTables(estimate).map(render),
    render(blockTable(estimate)),
  ].join('\n');
}

function wholeTable({ resources, intervals, available, confidence, fmaxMhz }: Estimate): Columns {
  const share = (used: number | null, total: number) =>
    used === null || total === 0 ? '' : `${((100 * used) / total).toFixed(1)} %`;
  const between = (range: Interval | null | undefined) =>
    range === null || range === undefined ? '' : `${range[0]} to ${range[1]}`;
  return {
    head: ['', 'used', '90 % range', 'available', 'share', 'uncertainty'],
    align: ['left', 'right', 'right', 'right', 'right', 'left'],
    rows: [
      ...RESOURCES.map((key) => [
        RESOURCE_TITLES[key],
        resources[key] ?? '-',
        key === 'lut' || key === 'ff' ? between(intervals[key]) : '',
        available[key],
        share(resources[key], available[key]),
        confidence[key] ?? '',
      ]),
      [
        'clock, MHz',
        fmaxMhz ?? '-',
        between(intervals.fmaxMhz),
        '',
        '',
        confidence['fmaxMhz'] ?? '',
      ],
    ],
  };
}

const COST_HEAD = ['multipliers', 'LUT', 'FF', 'DSP', 'block RAM', 'ROM bits', 'RAM bits'];

function costs(blocks: readonly BlockEstimate[]): (string | number)[] {
  const sum = (key: 'multipliers' | 'lut' | 'ff' | 'dsp' | 'bram' | 'romBits' | 'ramBits') =>
    blocks.some((block) => block[key] === null)
      ? '-'
      : blocks.reduce((total, block) => total + (block[key] ?? 0), 0);
  return [
    sum('multipliers'),
    sum('lut'),
    sum('ff'),
    sum('dsp'),
    sum('bram'),
    sum('romBits'),
    sum('ramBits'),
  ];
}

/** Table by layer; none for a design without layers. */
function layerTables({ blocks }: Estimate): Columns[] {
  const layers = [...new Set(blocks.map(({ layer }) => layer))];
  if (layers.every((layer) => layer === null)) return [];
  return [
    {
      head: ['layer', ...COST_HEAD],
      align: ['left', ...COST_HEAD.map(() => 'right' as const)],
      rows: layers.map((layer) => [
        layer ?? 'outside layers',
        ...costs(blocks.filter((block) => block.layer === layer)),
      ]),
    },
  ];
}

function blockTable({ blocks }: Estimate): Columns {
  return {
    head: ['block', 'module', ...COST_HEAD],
    align: ['left', 'left', ...COST_HEAD.map(() => 'right' as const)],
    rows: blocks.map((block) => [block.block, block.module, ...costs([block])]),
  };
}

function totals(estimate: Estimate): string[] {
  const { latencyCycles, intervalCycles, multipliers, utilisation } = estimate;
  return [
    `initiation interval (II) ${intervalCycles} cycles, latency ${latencyCycles} cycles: exact`,
    `${counted(multipliers, 'multiplier')}, ${(100 * utilisation).toFixed(1)} % of their cycles useful`,
    'energy: unknown, because no tool here measures it',
  ];
}
