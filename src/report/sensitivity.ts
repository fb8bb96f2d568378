import { decibels } from '../decibels.js';
import { finiteOrNull } from '../finite.js';
import type { Quality, Sensitivity } from '../sensitivity/sensitivity.js';
import { decibelText } from './decibels.js';
import type { EvaluationSubject } from './evaluation.js';
import { renderTable } from './table.js';

/** Signal to noise, dB. */
function ratioText({ noise }: Pick<Quality, 'noise'>): string {
  return decibelText(decibels(1, noise));
}

/** The error budget for a person. */
export function sensitivityText(
  { name, dataset, threads, seconds }: EvaluationSubject,
  { samples, float, integer, costs, remainder }: Sensitivity,
  colour: boolean,
): string {
  const share = (noise: number) => {
    const part = (100 * noise) / integer.noise;
    return Number.isFinite(part) ? `${part.toFixed(1)} %` : '-';
  };
  const accuracy = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(2));
  return [
    `${name}: ${samples} sequences of ${dataset}, ${seconds.toFixed(1)} s on ${threads} threads`,
    `float accuracy ${accuracy(float.accuracy)} %, integer ${accuracy(integer.accuracy)} %, ` +
      `outputs, SQNR in dB: ${ratioText(integer)}`,
    '',
    renderTable({
      head: [
        'tensor',
        'what',
        'bits',
        'noise alone',
        'SQNR',
        'accuracy',
        'SQNR without',
        'accuracy',
      ],
      align: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
      rows: [
        ...costs.map(({ id, what, width, alone, without }) => [
          id,
          what,
          width,
          share(alone.noise),
          ratioText(alone),
          accuracy(alone.accuracy),
          ratioText(without),
          accuracy(without.accuracy),
        ]),
        ['remainder', '', '', share(remainder), '', '', '', ''],
      ],
      colour,
    }),
    'noise alone: with this quantiser only, as a share of the noise of the integer network; the',
    'remainder is what they do to each other. without: the integer network with this one real.',
    '',
  ].join('\n');
}

/** The same for a program; what has no value is null. */
export function sensitivityJson(
  { name, dataset, threads, seconds }: EvaluationSubject,
  { samples, float, integer, costs, remainder }: Sensitivity,
) {
  const quality = ({ noise, accuracy }: Quality) => ({
    noise: finiteOrNull(noise),
    accuracy: accuracy ?? null,
  });
  return {
    config: name,
    dataset,
    samples,
    float: quality(float),
    integer: quality(integer),
    tensors: costs.map(({ alone, without, ...quantiser }) => ({
      ...quantiser,
      alone: quality(alone),
      without: quality(without),
    })),
    remainder: finiteOrNull(remainder),
    threads,
    seconds,
  };
}
