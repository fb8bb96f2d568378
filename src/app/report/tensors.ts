import type { TensorReport } from '../../study/sensitivity/tensors.js';
import { finiteOrNull } from '../../base/finite.js';
import { decibelText } from './decibels.js';
import { renderTable } from './table.js';

const number = (value: number) => value.toPrecision(4);

/**
 * Tables of the words and the weights of every tensor.
 *
 * @param maxLength longest sequence of the bounds, steps
 */
export function tensorsText(
  tensors: readonly TensorReport[],
  maxLength: number,
  colour: boolean,
): string {
  return [
    renderTable({
      head: [
        ...['words of', 'operation', 'bits', 'range', 'covered', 'bound', 'clipped', 'beyond'],
        ...['SQNR, dB', 'about mean'],
      ],
      align: [
        ...(['left', 'left', 'right', 'right', 'right', 'left', 'right', 'right'] as const),
        ...(['right', 'right'] as const),
      ],
      rows: tensors.map((one) => [
        one.id,
        one.op,
        one.width,
        number(one.largest),
        number(one.covers),
        one.bound,
        clippedCell(one),
        one.clippedWords > 0 && one.reach > 1 ? `${one.reach.toPrecision(3)} x` : '',
        decibelText(one.sqnrDb),
        decibelText(one.variationSqnrDb),
      ]),
      colour,
    }),
    renderTable({
      head: ['weights of', 'count', 'bits', 'clipped', 'SQNR, dB'],
      align: ['left', 'right', 'right', 'right', 'right'],
      rows: tensors.flatMap(({ id, weights }) =>
        weights === undefined
          ? []
          : [
              [
                id,
                weights.count,
                weights.width,
                weights.clipped === 0 ? '' : weights.clipped,
                decibelText(weights.sqnrDb),
              ],
            ],
      ),
      colour,
    }),
    'range: largest magnitude in the float network. covered: largest magnitude of the words. beyond:',
    'largest element / its covered magnitude. bound: a proved tensor never clips, for any input of up to',
    `${maxLength} steps; a calibrated tensor saturates and sets its flag. Input values are clipped before the`,
    'pins, and table entries in the tool: both without a flag. SQNR of words includes all errors before.',
    'about mean: only the variation of each element.',
    '',
  ].join('\n');
}

/** `103 (64 %)`, empty for no clipped word. */
function clippedCell({ clippedWords, clipped }: TensorReport): string {
  return clippedWords === 0 ? '' : `${clippedWords} (${(100 * clipped).toPrecision(2)} %)`;
}

/** The tensors as JSON; an absent ratio is null: see `noiseRms`. */
export function tensorsJson(tensors: readonly TensorReport[]) {
  return tensors.map(({ reach, sqnrDb, variationSqnrDb, weights, ...rest }) => ({
    ...rest,
    reach: finiteOrNull(reach),
    sqnrDb: finiteOrNull(sqnrDb),
    variationSqnrDb: finiteOrNull(variationSqnrDb),
    ...(weights === undefined
      ? {}
      : { weights: { ...weights, sqnrDb: finiteOrNull(weights.sqnrDb) } }),
  }));
}
