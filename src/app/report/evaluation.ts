import { counted } from '../../base/counted.js';
import type { Config } from '../../config/schema.js';
import type { Evaluation } from '../../study/evaluate/evaluate.js';
import type { OutputQuality, TargetFit } from '../../study/evaluate/quality.js';
import { clippedText, inputClippingJson } from './clipping.js';
import { finiteOrNull } from '../../base/finite.js';
import { decibelText } from './decibels.js';
import { renderTable } from './table.js';

/** Subject of an evaluation. */
export interface EvaluationSubject {
  readonly name: string;
  readonly dataset: string;
  readonly threads: number;
  readonly seconds: number;
}

/** The test data as the config names it. */
export function datasetName({ data }: Pick<Config, 'data'>): string {
  const { idx, tensors, synthetic, mnist } = data;
  if (mnist !== undefined)
    return mnist.permuted ? 'the permuted MNIST test set' : 'the MNIST test set';
  if (synthetic !== undefined) return `synthetic data, seed ${synthetic.seed}`;
  return idx?.test.images ?? tensors?.test ?? '';
}

const percent = (value: number) => `${value.toFixed(2)} %`;
const figure = (value: number | undefined) => (value === undefined ? '-' : value.toPrecision(4));

/** The result of an evaluation as text. */
export function evaluationText(
  { name, dataset, threads, seconds }: EvaluationSubject,
  result: Evaluation,
  colour: boolean,
): string {
  const { samples, task, clipped, input } = result;
  return [
    `${name}: ${counted(samples, 'sequence')} of ${dataset}, ${seconds.toFixed(1)} s on ${counted(threads, 'thread')}`,
    '',
    renderTable({
      head: ['measure', 'value'],
      align: ['left', 'right'],
      rows: [...accuracyRows(result), ...fitRows(result), ...floatRows(result)],
      colour,
    }),
    // The accuracy covers the classes; a row for each would add nothing.
    ...(task === 'classification' || result.outputs.length === 0
      ? []
      : [outputTable(result.outputs, colour)]),
    clippedText(clipped, { id: 'input', ...input }),
    ...legend(result),
    '',
  ].join('\n');
}

/** Rows of the accuracies. Undefined values have no row. */
function accuracyRows({ floatAccuracy, integerAccuracy }: Evaluation): string[][] {
  return [
    ...(floatAccuracy === undefined ? [] : [['float accuracy', percent(floatAccuracy)]]),
    ...(integerAccuracy === undefined ? [] : [['integer accuracy', percent(integerAccuracy)]]),
  ];
}

function fitRows({ floatFit, integerFit }: Evaluation): string[][] {
  if (integerFit === undefined) return [];
  const rows = (name: string, of: (fit: TargetFit) => number | undefined) => [
    ...(floatFit === undefined ? [] : [[`float, ${name}`, figure(of(floatFit))]]),
    [`integer, ${name}`, figure(of(integerFit))],
  ];
  return [
    ...rows('RMS error', ({ rms }) => rms),
    ...rows('NRMSE', ({ nrmse }) => nrmse),
    ...rows('R2', ({ r2 }) => r2),
  ];
}

function floatRows(result: Evaluation): string[][] {
  const { task, agreement, outputSqnr, outputVariationSqnr, outputs } = result;
  // Without the float network there is nothing to compare.
  if (result.outputNoise === undefined) return [];
  const worst = worstOutput(outputs);
  const classes = task === 'unknown' ? ', if they are classes' : '';
  return [
    ...(agreement === undefined ? [] : [[`same largest output${classes}`, percent(agreement)]]),
    ['outputs, SQNR', withUnit(outputSqnr)],
    ['outputs, SQNR about the mean', withUnit(outputVariationSqnr)],
    ...(worst === undefined || outputs.length < 2
      ? []
      : [[`worst output, ${worst.index}, SQNR about the mean`, withUnit(worst.sqnrDb)]]),
  ];
}

function withUnit(value: number | undefined): string {
  const text = decibelText(value);
  return /\d$/.test(text) ? `${text} dB` : text;
}

/** The output with the lowest SQNR of its variation; undefined if no output varies. */
function worstOutput(outputs: readonly OutputQuality[]) {
  const ratios = outputs.flatMap(({ noise }, index) =>
    noise.variationSqnrDb === undefined ? [] : [{ index, sqnrDb: noise.variationSqnrDb }],
  );
  if (ratios.length === 0) return undefined;
  return ratios.reduce((a, b) => (b.sqnrDb < a.sqnrDb ? b : a));
}

function outputTable(outputs: readonly OutputQuality[], colour: boolean): string {
  const fits = outputs.some(({ integer }) => integer !== undefined);
  const head = [
    ...['output', 'mean', 'deviation', 'error, RMS', 'largest', 'bias', 'SQNR', 'about mean'],
    ...(fits ? ['float NRMSE', 'integer NRMSE', 'float R2', 'integer R2'] : []),
  ];
  return renderTable({
    head,
    align: head.map(() => 'right' as const),
    rows: outputs.map(({ mean, deviation, noise, largest, bias, float, integer }, h) => [
      h,
      ...[mean, deviation, noise.rms, largest, bias].map(figure),
      decibelText(noise.sqnrDb),
      decibelText(noise.variationSqnrDb),
      ...(fits ? [float?.nrmse, integer?.nrmse, float?.r2, integer?.r2].map(figure) : []),
    ]),
    colour,
  });
}

function legend({ task, integerFit, outputNoise }: Evaluation): string[] {
  const compared = outputNoise !== undefined;
  return [
    ...(compared
      ? [
          'SQNR: signal to quantisation noise, dB, compared with the float network. About the mean: only the',
          'variation of each output, so that a constant cannot hide noise.',
        ]
      : []),
    ...(task === 'classification' || !compared
      ? []
      : [
          'mean, deviation: float network. error, largest, bias: integer network minus float network.',
        ]),
    ...(integerFit === undefined
      ? []
      : ['NRMSE: RMS error / standard deviation of the targets. R2: 1 - NRMSE^2.']),
    ...(task === 'unknown'
      ? ['The data have neither labels nor targets, so accuracy and error are unknown.']
      : []),
  ];
}

/** The result as JSON; keys without a value are null. */
export function evaluationJson(
  { name, dataset, threads, seconds }: EvaluationSubject,
  result: Evaluation,
) {
  const { floatFit, integerFit, outputs } = result;
  return {
    config: name,
    dataset,
    samples: result.samples,
    task: result.task,
    floatAccuracy: finiteOrNull(result.floatAccuracy),
    integerAccuracy: finiteOrNull(result.integerAccuracy),
    floatError: finiteOrNull(floatFit?.rms),
    integerError: finiteOrNull(integerFit?.rms),
    floatNrmse: finiteOrNull(floatFit?.nrmse),
    integerNrmse: finiteOrNull(integerFit?.nrmse),
    floatR2: finiteOrNull(floatFit?.r2),
    integerR2: finiteOrNull(integerFit?.r2),
    agreement: finiteOrNull(result.agreement),
    outputSqnrDb: finiteOrNull(result.outputSqnr),
    outputVariationSqnrDb: finiteOrNull(result.outputVariationSqnr),
    outputNoiseRms: finiteOrNull(result.outputNoise),
    outputs: outputs.map(outputJson),
    clipped: Object.fromEntries(result.clipped),
    input: inputClippingJson(result.input),
    threads,
    seconds,
  };
}

function outputJson({ mean, deviation, noise, largest, bias, float, integer }: OutputQuality) {
  return {
    mean: finiteOrNull(mean),
    deviation: finiteOrNull(deviation),
    noiseRms: finiteOrNull(noise.rms),
    largestError: finiteOrNull(largest),
    bias: finiteOrNull(bias),
    sqnrDb: finiteOrNull(noise.sqnrDb),
    variationSqnrDb: finiteOrNull(noise.variationSqnrDb),
    float: fitJson(float),
    integer: fitJson(integer),
  };
}

function fitJson(fit: TargetFit | undefined) {
  if (fit === undefined) return null;
  const { rms, nrmse, r2 } = fit;
  return { rms: finiteOrNull(rms), nrmse: finiteOrNull(nrmse), r2: finiteOrNull(r2) };
}
