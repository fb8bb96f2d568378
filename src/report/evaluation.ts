import type { Config } from '../config/schema.js';
import type { Evaluation } from '../evaluate/evaluate.js';
import { renderTable } from './table.js';

/** What an evaluation was of. */
export interface EvaluationSubject {
  readonly name: string;
  readonly dataset: string;
  readonly threads: number;
  readonly seconds: number;
}

/** The test data as the config names it. */
export function datasetName({ data }: Pick<Config, 'data'>): string {
  const { idx, tensors, synthetic } = data;
  if (synthetic !== undefined) return `synthetic data, seed ${synthetic.seed}`;
  return idx?.test.images ?? tensors?.test ?? '';
}

const percent = (value: number) => `${value.toFixed(2)} %`;

/** The result of an evaluation for a person. */
export function evaluationText(
  { name, dataset, threads, seconds }: EvaluationSubject,
  result: Evaluation,
  colour: boolean,
): string {
  const { samples, floatAccuracy, integerAccuracy, agreement, outputSqnr, clipped } = result;
  const { floatError, integerError } = result;
  const accuracies =
    floatAccuracy === undefined || integerAccuracy === undefined
      ? []
      : [
          ['float accuracy', percent(floatAccuracy)],
          ['integer accuracy', percent(integerAccuracy)],
        ];
  const errors =
    integerError === undefined
      ? []
      : [
          ['float, RMS error', (floatError ?? NaN).toPrecision(4)],
          ['integer, RMS error', integerError.toPrecision(4)],
        ];
  const counts = [...clipped].map(([node, count]) => `${node} ${count}`);
  return [
    `${name}: ${samples} sequences of ${dataset}, ${seconds.toFixed(1)} s on ${threads} threads`,
    '',
    renderTable({
      head: ['measure', 'value'],
      align: ['left', 'right'],
      rows: [
        ...accuracies,
        ...errors,
        ['same largest output', percent(agreement ?? NaN)],
        ['outputs, signal to quantisation noise', `${(outputSqnr ?? NaN).toFixed(1)} dB`],
      ],
      colour,
    }),
    counts.length === 0 ? 'clipped words: none' : `clipped words: ${counts.join(', ')}`,
    '',
  ].join('\n');
}

/** The same for a program; keys without a value are null. */
export function evaluationJson(
  { name, dataset, threads, seconds }: EvaluationSubject,
  result: Evaluation,
) {
  return {
    config: name,
    dataset,
    samples: result.samples,
    floatAccuracy: result.floatAccuracy ?? null,
    integerAccuracy: result.integerAccuracy ?? null,
    floatError: result.floatError ?? null,
    integerError: result.integerError ?? null,
    agreement: result.agreement,
    outputSqnrDb: result.outputSqnr,
    clipped: Object.fromEntries(result.clipped),
    threads,
    seconds,
  };
}
