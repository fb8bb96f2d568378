import { paretoSet, type Merit } from '../sweep/pareto.js';
import type { Overrides } from '../sweep/schema.js';
import type { Measured, SweepResult } from '../sweep/sweep.js';
import { markdownTable } from './markdown.js';
import { renderTable } from './table.js';

/** What a sweep was of. */
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
  'interval',
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

/** The same as a page of Markdown. */
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

/** The same for a program. */
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
  'best: no other point is at least as good in accuracy, multipliers, memory, block RAM and latency, and better in one.';

function title({ name, dataset }: SweepSubject, { points, floatAccuracy }: SweepResult): string {
  const samples = Math.max(0, ...measured(points).map((one) => one.samples));
  const float = floatAccuracy === null ? '' : ` Float accuracy ${floatAccuracy.toFixed(2)} %.`;
  return `${name}: ${points.length} points, ${samples} sequences of ${dataset} each.${float}`;
}

/** Without classes the signal to noise ratio takes the place of the accuracy. */
function titles({ points }: SweepResult): string[] {
  const classes = measured(points).some(({ accuracy }) => accuracy !== null);
  return HEAD.map((one) => (one === 'accuracy' && !classes ? 'SQNR, dB' : one));
}

function measured(points: SweepResult['points']): Measured[] {
  return points.flatMap(({ outcome }) => ('code' in outcome ? [] : [outcome]));
}

function gainOf({ accuracy, outputSqnrDb }: Measured): number {
  return accuracy ?? outputSqnrDb ?? 0;
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
  return parts.join(', ') || 'as it is';
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
        gain.toFixed(2),
        outcome.accuracy === null || floatAccuracy === null
          ? '-'
          : (floatAccuracy - gain).toFixed(2),
        outcome.multipliers,
        (outcome.memoryBits / 1024).toFixed(1),
        outcome.bram,
        outcome.latencyCycles,
        outcome.intervalCycles,
        best[i] === true ? '*' : '',
      ],
    });
  });
  rows.sort((a, b) => b.gain - a.gain);
  return { rows: rows.map(({ cells }) => cells), refused };
}
