import type { TensorReport } from '../sensitivity/tensors.js';
import { renderTable } from './table.js';

const decibels = (value: number) => (value === Infinity ? 'exact' : value.toFixed(1));
const number = (value: number) => value.toPrecision(4);

/**
 * Words and weights of every tensor for a person.
 *
 * @param maxLength longest sequence that the bounds are for, steps.
 */
export function tensorsText(
  tensors: readonly TensorReport[],
  maxLength: number,
  colour: boolean,
): string {
  const weights = tensors.filter((one) => one.weights !== undefined);
  return [
    renderTable({
      head: ['words of', 'what', 'bits', 'range', 'covered', 'bound', 'clipped', 'SQNR, dB'],
      align: ['left', 'left', 'right', 'right', 'right', 'left', 'right', 'right'],
      rows: tensors.map(({ id, op, width, largest, covers, bound, clipped, sqnrDb }) => [
        id,
        op,
        width,
        number(largest),
        number(covers),
        bound,
        clipped === 0 ? '' : `${(100 * clipped).toPrecision(2)} %`,
        decibels(sqnrDb),
      ]),
      colour,
    }),
    renderTable({
      head: ['weights of', 'count', 'bits', 'SQNR, dB'],
      align: ['left', 'right', 'right', 'right'],
      rows: weights.map(({ id, weights: found }) => [
        id,
        found?.count ?? 0,
        found?.width ?? 0,
        decibels(found?.sqnrDb ?? NaN),
      ]),
      colour,
    }),
    'range: largest magnitude in the float network. bound: a proved tensor cannot clip, whatever comes',
    `in, in sequences of up to ${maxLength} steps; a calibrated one saturates, and sets its flag. SQNR of`,
    'words includes all errors before.',
    '',
  ].join('\n');
}

/** The same for a program; an exact tensor has null for its ratio. */
export function tensorsJson(tensors: readonly TensorReport[]) {
  const ratio = (value: number) => (Number.isFinite(value) ? value : null);
  return tensors.map(({ sqnrDb, weights, ...rest }) => ({
    ...rest,
    sqnrDb: ratio(sqnrDb),
    ...(weights === undefined ? {} : { weights: { ...weights, sqnrDb: ratio(weights.sqnrDb) } }),
  }));
}
