import { at } from '../../base/at.js';
import { signedWidth } from '../../base/fixed/range.js';
import { packFields } from './words.js';

/** The coefficients of a recurrence, as quantised. */
export interface RecurrenceCoefficients {
  /** True if the coefficient is 1 - lambda_bar. */
  readonly delta: boolean;
  /** Fraction bits of lambda_bar. */
  readonly frac: number;
  /** [P] */
  readonly re: Int32Array;
  readonly im: Int32Array;
  /** Left shift of each part to 2^-frac, [P]; empty without delta. */
  readonly reShift: Int32Array;
  readonly imShift: Int32Array;
}

/** lambda_bar of a state in units of 2^-frac. */
export interface LambdaInteger {
  readonly re: number;
  readonly im: number;
}

/**
 * lambda_bar itself, whatever form it is stored in: x - delta x is (1 - delta) x, exactly, and a
 * multiplier has bits to spare where a shifter for each product would have none.
 */
export function lambdaIntegers(coefficients: RecurrenceCoefficients): LambdaInteger[] {
  const { delta, frac, re, im, reShift, imShift } = coefficients;
  return Array.from(re, (mantissa, p) => {
    if (!delta) return { re: mantissa, im: at(im, p) };
    // No -0: it would not be equal to 0.
    return {
      re: 2 ** frac - mantissa * 2 ** at(reShift, p),
      im: 0 - at(im, p) * 2 ** at(imShift, p),
    };
  });
}

/** Words of a coefficient ROM: the same fields for every state, equally wide. */
export interface CoefficientWords {
  /** Bits of a field. */
  readonly width: number;
  readonly fields: number;
  /** Layout of a lane's word, for a reader of the file. */
  readonly layout: string;
  /** The word of a beat, lowest lane lowest. */
  readonly word: (slot: number, lanes: number) => bigint;
}

/** Makes the ROM words of fields by state; `names` lowest first. */
export function coefficientWords(
  states: readonly (readonly number[])[],
  names: readonly string[],
): CoefficientWords {
  const all = states.flat();
  const width = Math.max(2, signedWidth({ lo: Math.min(...all), hi: Math.max(...all) }));
  return {
    width,
    fields: names.length,
    layout: `{${names
      .toReversed()
      .map((name) => `${name}:${width}`)
      .join(', ')}}`,
    word: (slot, lanes) =>
      packFields(
        states
          .slice(slot * lanes, (slot + 1) * lanes)
          .flat()
          .map((value) => ({ value, width })),
      ),
  };
}
