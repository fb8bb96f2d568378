import { counted } from '../../base/counted.js';
import { decibels } from '../../base/decibels.js';
import { finiteOrNull } from '../../base/finite.js';
import type { Quality, Sensitivity } from '../../study/sensitivity/sensitivity.js';
import { decibelText } from './decibels.js';
import type { EvaluationSubject } from './evaluation.js';
import { renderTable } from './table.js';

/** Signal to noise, dB. */
function ratioText({ noise }: Pick<Quality, 'noise'>): string {
  return decibelText(decibels(1, noise));
}

/** The error budget as a table. */
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
    `${name}: ${counted(samples, 'sequence')} of ${dataset}, ${seconds.toFixed(1)} s on ${counted(threads, 'thread')}`,
    `float accuracy ${accuracy(float.accuracy)} %, integer ${accuracy(integer.accuracy)} %, ` +
      `outputs, SQNR in dB: ${ratioText(integer)}`,
    '',
    renderTable({
      head: [
        'tensor',
        'quantiser',
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
    'noise alone: only this quantiser is on, as a share of the noise of the integer network.',
    'remainder: interaction of the quantisers. without: all quantisers but this one are on.',
    '',
  ].join('\n');
}

/** The error budget as JSON; unknown values are null. */
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
