import { counted } from '../../base/counted.js';
import type { BestDesign, Exploration } from '../../study/explore/explore.js';
import { markdownTable } from './markdown.js';
import { renderTable } from './table.js';

const HEAD = [
  'precision',
  'accuracy',
  'II',
  'latency',
  'multipliers',
  'LUT',
  'FF',
  'DSP',
  'block RAM',
  'limited by',
];
const ALIGN = HEAD.map((title) =>
  title === 'precision' || title === 'limited by' ? ('left' as const) : ('right' as const),
);

/** The best designs, the fastest first. */
export function explorationText(name: string, exploration: Exploration, colour: boolean): string {
  const { best } = exploration;
  const rows = best.map(cells);
  return [
    title(name, exploration),
    '',
    ...(best.length === 0 ? [] : [renderTable({ head: HEAD, align: ALIGN, rows, colour })]),
    ...closing(exploration),
    '',
  ].join('\n');
}

/** The best designs as a page of Markdown. */
export function explorationMarkdown(
  name: string,
  exploration: Exploration,
  command: string,
): string {
  return [
    `# Best designs of ${name} on ${exploration.device}`,
    '',
    `${title(name, exploration)} Written by \`${command}\`.`,
    '',
    markdownTable(HEAD, exploration.best.map(cells), ALIGN),
    '',
    ...closing(exploration).map((line) => `${line}\n`),
  ].join('\n');
}

/** The best designs as JSON. */
export function explorationJson(name: string, { best, ...rest }: Exploration) {
  return {
    config: name,
    ...rest,
    best: best.map(({ estimate, ...design }) => {
      const { blocks, confidence, ...figures } = estimate;
      return { ...design, blocks: blocks.length, confidence, ...figures };
    }),
  };
}

function title(name: string, { device, tried, fitting }: Exploration): string {
  return `${name} on ${device}: ${counted(tried, 'design')}, ${fitting} fit.`;
}

function cells({ precision, accuracy, estimate, shared, binding }: BestDesign) {
  const { intervalCycles, latencyCycles, multipliers, resources } = estimate;
  return [
    precision,
    accuracy === null ? '-' : accuracy.toFixed(2),
    intervalCycles,
    latencyCycles,
    `${multipliers}${shared ? ' shared' : ''}`,
    resources.lut ?? '-',
    resources.ff ?? '-',
    resources.dsp,
    resources.bram,
    binding,
  ];
}

function closing({ nothing, refused }: Exploration): string[] {
  return [
    ...(nothing === undefined ? [] : [`No design fits. The smallest needs ${nothing}.`]),
    ...refused.map(
      ({ precision, code, message }) => `Not possible: ${precision}: ${code}, ${message}`,
    ),
    'LUT and FF are estimates. -: no calibration, so not compared with the device.',
    'II: initiation interval, cycles from step to step.',
    'No listed design is better than another in accuracy, II, LUT, DSP and block RAM together.',
    'Limited by: the resource that the next faster design exceeds, else the slowest engine.',
  ];
}
