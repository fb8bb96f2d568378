import { counted } from '../../base/counted.js';
import { paretoSet, type Merit } from '../../study/sweep/pareto.js';
import type { Overrides } from '../../study/sweep/schema.js';
import type { Measured, SweepResult } from '../../study/sweep/sweep.js';
import { decibelText } from './decibels.js';
import { markdownTable } from './markdown.js';
import { renderTable } from './table.js';

/** Subject of a sweep. */
export interface SweepSubject {
  readonly name: string;
  readonly dataset: string;
}

const HEAD = [
  'point',
  'accuracy',
  'loss',
  'multipliers',
  'memory, Kbit',
  'block RAM',
  'latency',
  'II',
  'clipped',
  'best',
];

/** The points of a sweep, the most accurate first. */
export function sweepText(subject: SweepSubject, result: SweepResult, colour: boolean): string {
  const { rows, refused } = table(result);
  return [
    title(subject, result),
    '',
    renderTable({
      head: titles(result),
      align: ['left', ...HEAD.slice(1).map(() => 'right' as const)],
      rows,
      colour,
    }),
    ...(refused.length === 0 ? [] : ['not possible:', ...refused.map((line) => `  ${line}`)]),
    LEGEND,
    '',
  ].join('\n');
}

/** The points as a page of Markdown. */
export function sweepMarkdown(subject: SweepSubject, result: SweepResult, command: string): string {
  const { rows, refused } = table(result);
  return [
    `# Accuracy of ${subject.name}, by precision`,
    '',
    `${title(subject, result)} Written by \`${command}\`.`,
    '',
    markdownTable(titles(result), rows, ['left', ...HEAD.slice(1).map(() => 'right' as const)]),
    '',
    ...(refused.length === 0 ? [] : ['Not possible:', '', ...refused.map((one) => `- ${one}`), '']),
    LEGEND,
    '',
  ].join('\n');
}

/** The points as JSON. */
export function sweepJson({ name, dataset }: SweepSubject, result: SweepResult) {
  const best = bestOf(result);
  return {
    base: name,
    dataset,
    floatAccuracy: result.floatAccuracy,
    known: result.known,
    points: result.points.map(({ overrides, outcome }, i) => ({
      overrides,
      ...outcome,
      best: best[i] ?? false,
    })),
  };
}

const LEGEND =
  'II: initiation interval, cycles from step to step. clipped: words, in all sequences. best: no other point is at least as good in accuracy, multipliers, memory, block RAM and latency, and better in one.';

function title({ name, dataset }: SweepSubject, { points, floatAccuracy }: SweepResult): string {
  const samples = Math.max(0, ...measured(points).map((one) => one.samples));
  const float = floatAccuracy === null ? '' : ` Float accuracy ${floatAccuracy.toFixed(2)} %.`;
  return `${name}: ${counted(points.length, 'point')}, ${counted(samples, 'sequence')} of ${dataset} each.${float}`;
}

/** Column titles. Without classes, SQNR replaces the accuracy. */
function titles({ points }: SweepResult): string[] {
  if (measured(points).some(({ accuracy }) => accuracy !== null)) return [...HEAD];
  const instead = new Map([
    ['accuracy', 'SQNR, dB'],
    ['loss', 'about mean'],
  ]);
  return HEAD.map((one) => instead.get(one) ?? one);
}

function measured(points: SweepResult['points']): Measured[] {
  return points.flatMap(({ outcome }) => ('code' in outcome ? [] : [outcome]));
}

function gainOf({ accuracy, outputSqnrDb, outputNoiseRms }: Measured): number {
  return accuracy ?? outputSqnrDb ?? withoutRatio(outputNoiseRms);
}

/** Value of an absent ratio: see `decibels`. */
function withoutRatio(noiseRms: number | null): number {
  return noiseRms === 0 ? Infinity : -Infinity;
}

function bestOf({ points }: SweepResult): boolean[] {
  const merits = points.map(({ outcome }): Merit => {
    if ('code' in outcome) return { gain: -Infinity, costs: [] };
    const { multipliers, memoryBits, bram, latencyCycles } = outcome;
    return { gain: gainOf(outcome), costs: [multipliers, memoryBits, bram, latencyCycles] };
  });
  return paretoSet(merits).map((best, i) => best && merits[i]?.gain !== -Infinity);
}

/** `precision.a 6, lambda_form delta` */
function overridesText(overrides: Overrides): string {
  const parts = Object.entries(overrides).map(
    ([path, value]) => `${path} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return parts.join(', ') || 'unchanged';
}

/** Loss of accuracy for classes, else SQNR of the variation. */
function lossText(outcome: Measured, floatAccuracy: number | null): string {
  const { accuracy, outputVariationSqnrDb, outputNoiseRms } = outcome;
  if (accuracy === null) {
    return decibelText(outputVariationSqnrDb ?? (outputNoiseRms === 0 ? Infinity : undefined));
  }
  return floatAccuracy === null ? '-' : (floatAccuracy - accuracy).toFixed(2);
}

function table(result: SweepResult) {
  const best = bestOf(result);
  const rows: { gain: number; cells: (string | number)[] }[] = [];
  const refused: string[] = [];
  result.points.forEach(({ overrides, outcome }, i) => {
    const point = overridesText(overrides);
    if ('code' in outcome) {
      refused.push(`${point}: ${outcome.code}, ${outcome.message}`);
      return;
    }
    const gain = gainOf(outcome);
    const { floatAccuracy } = result;
    rows.push({
      gain,
      cells: [
        point,
        outcome.accuracy === null ? decibelText(gain) : gain.toFixed(2),
        lossText(outcome, floatAccuracy),
        outcome.multipliers,
        (outcome.memoryBits / 1024).toFixed(1),
        outcome.bram,
        outcome.latencyCycles,
        outcome.intervalCycles,
        Object.values(outcome.clipped).reduce((sum, count) => sum + count, 0),
        best[i] === true ? '*' : '',
      ],
    });
  });
  // Two exact points are equal. Infinity - Infinity would be NaN.
  rows.sort((a, b) => (a.gain === b.gain ? 0 : b.gain - a.gain));
  return { rows: rows.map(({ cells }) => cells), refused };
}
