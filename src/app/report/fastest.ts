import type { Fastest } from '../../study/explore/fastest.js';
import { markdownTable } from './markdown.js';
import { renderTable, type Align } from './table.js';

/** The fastest designs of one config, by device. */
export interface FastestByDevice {
  readonly config: string;
  readonly designs: readonly Fastest[];
}

const HEAD = [
  'device',
  'II',
  'steps/s per MHz',
  'clock, MHz',
  'multipliers',
  'LUT',
  'FF',
  'DSP',
  'block RAM',
  'limited by',
];
const ALIGN: readonly Align[] = HEAD.map((_, i) =>
  i === 0 || i === HEAD.length - 1 ? 'left' : 'right',
);

/** The fastest designs as tables. */
export function fastestText(all: readonly FastestByDevice[], colour: boolean): string {
  const tables = all.map(
    ({ config, designs }) =>
      `${config}\n\n${renderTable({ head: HEAD, align: ALIGN, rows: designs.map(cells), colour })}`,
  );
  return [...tables, LEGEND, ''].join('\n');
}

/** The fastest designs as a page of Markdown. */
export function fastestMarkdown(all: readonly FastestByDevice[], command: string): string {
  return [
    '# Fastest designs by device',
    '',
    `The fastest design of each config that fits. Written by \`${command}\`.`,
    '',
    ...all.flatMap(({ config, designs }) => [
      `## ${config}`,
      '',
      markdownTable(HEAD, designs.map(cells), ALIGN),
      '',
    ]),
    LEGEND,
    '',
  ].join('\n');
}

/** The fastest designs as JSON. */
export function fastestJson(all: readonly FastestByDevice[]) {
  return all.map(({ config, designs }) => ({
    config,
    devices: designs.map(({ device, design, binding }) => ({
      device: device.name,
      fits: design !== undefined,
      binding,
      ...(design === undefined
        ? {}
        : {
            intervalCycles: design.estimate.intervalCycles,
            latencyCycles: design.estimate.latencyCycles,
            fmaxMhz: design.estimate.fmaxMhz,
            multipliers: design.estimate.multipliers,
            shared: design.shared,
            resources: design.estimate.resources,
            available: design.estimate.available,
          }),
    })),
  }));
}

const LEGEND =
  'II: initiation interval, cycles from step to step. LUT, FF and clock are estimates. -: no calibration, so not compared with the device. Limited by: the resource that the next faster design exceeds, else the slowest engine.';

function cells({ device, design, binding }: Fastest): (string | number)[] {
  if (design === undefined) {
    return [device.name, 'none fits', ...HEAD.slice(3).map(() => ''), binding];
  }
  const { intervalCycles, fmaxMhz, multipliers, resources } = design.estimate;
  return [
    device.name,
    intervalCycles,
    Math.round(1e6 / intervalCycles),
    fmaxMhz ?? '-',
    `${multipliers}${design.shared ? ' shared' : ''}`,
    resources.lut ?? '-',
    resources.ff ?? '-',
    resources.dsp,
    resources.bram,
    binding,
  ];
}
