import { counted } from '../../base/counted.js';
import type { FuzzKind } from '../../prove/fuzz/case.js';
import type { FuzzFailure, FuzzReport, FuzzUndecided } from '../../prove/fuzz/fuzz.js';
import type { QualityFailure, QualityReport } from '../../prove/fuzz/quality/tally.js';

/** The result of fuzzing as text; each failure has the smallest config found. */
export function fuzzText(report: FuzzReport): string {
  const { count, seed, complete, done, words, runs, refusals, failures, undecided, quality } =
    report;
  const designs = complete
    ? counted(count, 'design')
    : `interrupted after ${done} of ${counted(count, 'design')}`;
  const head =
    `seed ${seed}: ${designs}, ${counted(words, 'word')} compared; ` +
    `runs: emulator ${runs.emulator}, model ${runs.model}, icarus ${runs.icarus}, verilator ${runs.verilator}`;
  const kinds = Object.entries(refusals);
  const refused = kinds.reduce((sum, [, { byCode }]) => sum + total(byCode), 0);
  const passed = done - failures.length - undecided.length - refused;
  const counts = [
    `${passed} passed`,
    `${refused} refused`,
    `${failures.length} failed`,
    ...(undecided.length === 0 ? [] : [`${undecided.length} without a verdict`]),
    ...(complete ? [] : [`${count - done} not run`]),
  ];
  // Without designs, the head would count designs that never ran.
  const withoutDesigns =
    quality.models > 0 && Object.values(runs).every((n) => n === 0) && passed === done;
  return [
    ...(withoutDesigns ? [`seed ${seed}`] : [head, refusalLine(kinds)]),
    ...undecided.map((one) => `\n${undecidedText(seed, one)}`),
    ...failures.map((failure) => `\n${failureText(seed, failure, 'smallest config found')}`),
    ...(withoutDesigns ? [] : [counts.join(', ')]),
    ...qualityLines(seed, quality),
    '',
  ].join('\n');
}

/** Lines for random models and their noise; none if no model ran. */
function qualityLines(
  seed: number,
  { models, largestExcessDb, largestExcessAt, failures, undecided }: QualityReport,
): string[] {
  if (models === 0) return [];
  const most =
    largestExcessDb === null
      ? ''
      : `; the noise of model ${largestExcessAt ?? ''} is the largest, ` +
        `${largestExcessDb.toFixed(1)} dB ${largestExcessDb < 0 ? '(below)' : 'above'} the expectation of its word lengths`;
  return [
    ...undecided.map(
      ({ index, reason }) => `\nmodel ${index} of seed ${seed} has no verdict: ${reason}`,
    ),
    ...failures.map((failure) => `\n${modelText(seed, failure)}`),
    `${models} models, ${failures.length} failed${most}`,
  ];
}

/** A failing model, with the changes made to it. */
export function modelText(
  seed: number,
  { index, reason, spoils, data, config }: QualityFailure,
): string {
  return [
    `model ${index} of seed ${seed} failed: ${reason}`,
    `changes: ${spoils.join('; ') || 'none'}`,
    `data: ${JSON.stringify(data)}`,
    config.trimEnd().replaceAll(/^/gm, '    '),
    `repeat: ${againCommand(seed, index)} --only models`,
  ].join('\n');
}

/** One failure, with its config and its stimulus. */
export function failureText(seed: number, failure: FuzzFailure, title: string): string {
  const { index, reason, smallest, config } = failure;
  return [
    `design ${index} of seed ${seed} failed: ${reason}`,
    `${title}:`,
    config.trimEnd().replaceAll(/^/gm, '    '),
    ...stimulusLines(smallest),
  ].join('\n');
}

function stimulusLines({ stimulus, pixels }: FuzzFailure['smallest']): string[] {
  const images = pixels === undefined ? [] : [`images: ${JSON.stringify(pixels)}`];
  return [`stimulus: ${JSON.stringify(stimulus)}`, ...images];
}

function undecidedText(seed: number, { index, reason }: FuzzUndecided): string {
  return [
    `design ${index} of seed ${seed} has no verdict: ${reason}`,
    `repeat: ${againCommand(seed, index)}`,
  ].join('\n');
}

/** A failure as a config file, with reason and stimulus in comments. */
export function failureFile(
  seed: number,
  { index, reason, smallest, config }: FuzzFailure,
): string {
  const comments = [
    `design ${index} of seed ${seed} failed: ${reason}`,
    ...stimulusLines(smallest),
    `repeat the original: ${againCommand(seed, index)}`,
  ];
  return `${comments.join('\n').replaceAll(/^/gm, '# ')}\n${config}`;
}

function againCommand(seed: number, index: number): string {
  return `qs5 fuzz --count 1 --first ${index} --seed ${seed}`;
}

/** `refused: core 1 of 50 (E_WIDTH 1), network 0 of 30`. */
function refusalLine(kinds: readonly (readonly [string, FuzzReport['refusals'][FuzzKind]])[]) {
  const texts = kinds.map(([kind, { designs, byCode }]) => {
    const codes = Object.entries(byCode).map(([code, count]) => `${code} ${count}`);
    const why = codes.length === 0 ? '' : ` (${codes.join(', ')})`;
    return `${kind} ${total(byCode)} of ${designs}${why}`;
  });
  return `refused: ${texts.join('; ')}`;
}

function total(byCode: Readonly<Partial<Record<string, number>>>): number {
  return Object.values(byCode).reduce<number>((sum, count = 0) => sum + count, 0);
}
