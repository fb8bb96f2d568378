import { at } from '../../base/at.js';
import { maxMagnitude } from '../../base/fixed/range.js';
import { lambdaAsIntegers, type LambdaBar } from '../types.js';
import { Qs5Error } from '../../base/errors.js';
import { impulseMatch, UNITY, type Complex } from './impulse.js';
import type { PoleChoice } from './settings.js';

/** A part of a coefficient: mantissa * 2^-exponent. */
interface Part {
  readonly mantissa: number;
  readonly exponent: number;
}

/** Complex factors on what drives the poles, [P] each. */
export interface PoleGain {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Lambda-bar as integers, and the factors on B that make up for the change. */
export interface QuantizedLambda {
  readonly lambda: LambdaBar;
  readonly gain: PoleGain;
}

/**
 * Lambda-bar at Q1.(width-1), each pole at a stable neighbour.
 *
 * @param re, im [P], inside the unit circle.
 * @param subject names the tensor in errors.
 * @throws E_UNSTABLE for a pole outside the unit circle.
 */
export function quantizeDirect(
  re: Float64Array,
  im: Float64Array,
  width: number,
  choice: PoleChoice,
  subject: string,
): QuantizedLambda {
  const frac = width - 1;
  const max = maxMagnitude(width);
  const around = (value: number) => neighbours(value, frac, max);
  const poles = Array.from(re, (wantedRe, p) => {
    const wanted = { re: wantedRe, im: at(im, p) };
    return chooseStable(p, subject, wanted, choice, {
      re: around(wanted.re),
      im: around(wanted.im),
      lambda: (a, b) => ({ re: a, im: b }),
    });
  });
  return {
    gain: gainsOf(poles),
    lambda: {
      form: 'direct',
      width,
      frac,
      re: Int32Array.from(poles, (pole) => pole.re.mantissa),
      im: Int32Array.from(poles, (pole) => pole.im.mantissa),
    },
  };
}

/** Exponents tried around the one that fills the mantissa: short mantissas may need another. */
const EXPONENT_STEPS = [0, 1, -1, 2, -2] as const;

/**
 * 1 - Lambda-bar as mantissas of `width` bits with an exponent per part. The finest step is
 * 2^-maxFrac: finer ones cannot move a state register of that many bits by a quarter of an LSB.
 *
 * @throws E_UNSTABLE for a pole outside the unit circle.
 */
export function quantizeDelta(
  re: Float64Array,
  im: Float64Array,
  width: number,
  maxFrac: number,
  choice: PoleChoice,
  subject: string,
): QuantizedLambda {
  const max = maxMagnitude(width);
  const around = (value: number) => {
    const fitting = exponentFor(value, max, maxFrac);
    return EXPONENT_STEPS.map((step) => fitting + step)
      .filter((exponent) => exponent <= maxFrac)
      .flatMap((exponent) => neighbours(value, exponent, max));
  };
  const poles = Array.from(re, (wantedRe, p) => {
    const wanted = { re: wantedRe, im: at(im, p) };
    return chooseStable(p, subject, wanted, choice, {
      re: around(1 - wanted.re),
      im: around(-wanted.im),
      lambda: (a, b) => ({ re: 1 - a, im: -b }),
    });
  });
  const frac = Math.max(0, ...poles.flatMap(({ re: a, im: b }) => [a.exponent, b.exponent]));
  return {
    gain: gainsOf(poles),
    lambda: {
      form: 'delta',
      width,
      frac,
      re: Int32Array.from(poles, (pole) => pole.re.mantissa),
      im: Int32Array.from(poles, (pole) => pole.im.mantissa),
      reShift: Int32Array.from(poles, (pole) => shiftOf(pole.re, frac)),
      imShift: Int32Array.from(poles, (pole) => shiftOf(pole.im, frac)),
    },
  };
}

function gainsOf(poles: readonly ChosenPole[]): PoleGain {
  return {
    re: Float64Array.from(poles, ({ gain }) => gain.re),
    im: Float64Array.from(poles, ({ gain }) => gain.im),
  };
}

/** The factors that make up for quantised poles; undefined where the choice has none. */
export function poleGain(
  { re, im }: { readonly re: Float64Array; readonly im: Float64Array },
  lambda: LambdaBar,
  choice: PoleChoice,
): PoleGain | undefined {
  if (choice.kind === 'nearest') return undefined;
  const found = lambdaAsIntegers(lambda);
  const unit = 2 ** -lambda.frac;
  const gains = found.re.map((c, p) => {
    const wanted = { re: at(re, p), im: at(im, p) };
    const pole = { re: c * unit, im: at(found.im, p) * unit };
    return impulseMatch(wanted, pole, choice.length).gain;
  });
  return {
    re: Float64Array.from(gains, (gain) => gain.re),
    im: Float64Array.from(gains, (gain) => gain.im),
  };
}

/** Number of poles that plain rounding of each part would put on or outside the unit circle. */
export function polesPushedOut(
  { re, im }: { readonly re: Float64Array; readonly im: Float64Array },
  { form, width, frac }: LambdaBar,
  stateWidth: number,
): number {
  const max = maxMagnitude(width);
  const outside = Array.from(re).filter((a, p) => {
    const [x, y] = [form === 'direct' ? a : 1 - a, form === 'direct' ? at(im, p) : -at(im, p)];
    const plain = (value: number) => {
      const exponent = form === 'direct' ? frac : exponentFor(value, max, stateWidth);
      const { mantissa } = nearestPart(value, exponent, max);
      return mantissa * 2 ** -exponent;
    };
    const radius = form === 'direct' ? plain(x) ** 2 : (1 - plain(x)) ** 2;
    return radius + plain(y) ** 2 >= 1;
  });
  return outside.length;
}

/** Left shift to 2^-frac; a zero needs none, and must not make the shifters longer. */
function shiftOf({ mantissa, exponent }: Part, frac: number): number {
  return mantissa === 0 ? 0 : frac - exponent;
}

/** Largest exponent e <= maxExponent with round(|value| * 2^e) <= max. */
function exponentFor(value: number, max: number, maxExponent: number): number {
  const magnitude = Math.abs(value);
  let exponent = maxExponent;
  while (Math.round(magnitude * 2 ** exponent) > max) exponent -= 1;
  return exponent;
}

/** The part of one exponent that is nearest to a value, within +-max. */
function nearestPart(value: number, exponent: number, max: number): Part {
  const mantissa = Math.round(value * 2 ** exponent);
  return { mantissa: Math.min(Math.max(mantissa, -max), max) + 0, exponent };
}

/** Parts of one exponent around a value, within +-max. */
function neighbours(value: number, exponent: number, max: number): Part[] {
  const floor = Math.floor(value * 2 ** exponent);
  const around = [-2, -1, 0, 1, 2, 3].map((step) => floor + step);
  const clipped = new Set(around.map((n) => Math.min(Math.max(n, -max), max) + 0));
  // Zero has no exponent of its own.
  return [...clipped].map((mantissa) => ({ mantissa, exponent: mantissa === 0 ? 0 : exponent }));
}

interface ChosenPole {
  readonly re: Part;
  readonly im: Part;
  /** Factor on what drives the pole. */
  readonly gain: Complex;
}

/**
 * The best by `choice` of the pairs of parts whose lambda_bar is inside the unit circle. All
 * values are short dyadic fractions, so the comparison with 1 is exact.
 */
function chooseStable(
  p: number,
  subject: string,
  wanted: Complex,
  choice: PoleChoice,
  grid: {
    readonly re: readonly Part[];
    readonly im: readonly Part[];
    readonly lambda: (re: number, im: number) => Complex;
  },
): ChosenPole {
  const inside = wanted.re * wanted.re + wanted.im * wanted.im < 1;
  const lambdaOf = (re: Part, im: Part) =>
    grid.lambda(re.mantissa * 2 ** -re.exponent, im.mantissa * 2 ** -im.exponent);
  let best: { pole: ChosenPole; distance: number } | undefined;
  for (const re of inside ? grid.re : []) {
    for (const im of grid.im) {
      const lambda = lambdaOf(re, im);
      if (lambda.re * lambda.re + lambda.im * lambda.im >= 1) continue;
      const { distance, gain } =
        choice.kind === 'nearest'
          ? { distance: Math.hypot(lambda.re - wanted.re, lambda.im - wanted.im), gain: UNITY }
          : impulseMatch(wanted, lambda, choice.length);
      if (best === undefined || distance < best.distance)
        best = { pole: { re, im, gain }, distance };
    }
  }
  if (best !== undefined) return best.pole;
  const size = Math.hypot(wanted.re, wanted.im).toPrecision(8);
  throw new Qs5Error('E_UNSTABLE', {
    subject,
    message: inside
      ? `Pole ${p} (|lambda_bar| = ${size}) has no stable neighbour at this word length.`
      : `Pole ${p} is not inside the unit circle: |lambda_bar| = ${size}.`,
    hint: inside
      ? 'give `a` more bits, or use lambda_form: delta.'
      : 'train with clipped eigenvalues (Re Lambda < 0); a quantised network cannot hold it.',
  });
}
