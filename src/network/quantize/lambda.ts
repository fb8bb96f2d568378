import { at } from '../../base/at.js';
import { maxMagnitude } from '../../base/fixed/range.js';
import { ANCHORS, lambdaAsIntegers, type LambdaBar } from '../types.js';
import { Qs5Error } from '../../base/errors.js';
import { impulseMatch, UNITY, type Complex } from './impulse.js';
import type { PoleChoice } from './settings.js';

/** A part of a coefficient: mantissa * 2^-exponent. */
interface Part {
  readonly mantissa: number;
  readonly exponent: number;
}

/** Complex numbers, one per pole, [P] each: poles, or factors on what drives them. */
export interface PerPole {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Lambda-bar as integers, and the factors on B that make up for the change. */
export interface QuantizedLambda {
  readonly lambda: LambdaBar;
  readonly gain: PerPole;
}

/** Word lengths that decide on the poles, bits. */
export interface LambdaWidths {
  /** Each part of Lambda-bar, or its mantissa. */
  readonly lambda: number;
  /**
   * The state. Exponents go no further: a finer step cannot move a register of that many bits by a
   * quarter of an LSB.
   */
  readonly state: number;
}

/**
 * Lambda-bar in a form, each pole at a stable neighbour.
 *
 * @param re, im [P], inside the unit circle.
 * @param subject names the tensor in errors.
 * @throws E_UNSTABLE for a pole outside the unit circle.
 */
export function quantizeLambda(
  { re, im }: PerPole,
  form: LambdaBar['form'],
  widths: LambdaWidths,
  choice: PoleChoice,
  subject: string,
): QuantizedLambda {
  const poles = Array.from(re, (wantedRe, p) =>
    chooseStable(p, subject, { re: wantedRe, im: at(im, p) }, choice, gridsOf(form, widths)),
  );
  const lambda = storedAs(form, widths.lambda, poles);
  return { gain: gainsOf(poles), lambda };
}

/** Values of a stored pole around a wanted one. */
interface Grid {
  /** Index into `ANCHORS`. */
  readonly anchor: number;
  /** lambda_bar = anchor + sign * (stored value). */
  readonly sign: 1 | -1;
  /** Stored parts around a value. */
  readonly around: (value: number) => readonly Part[];
}

/** Exponents tried around the one that fills the mantissa: short mantissas may need another. */
const EXPONENT_STEPS = [0, 1, -1, 2, -2] as const;

/** All grids of a form. */
function gridsOf(form: LambdaBar['form'], { lambda, state }: LambdaWidths): readonly Grid[] {
  const max = maxMagnitude(lambda);
  if (form === 'direct') {
    return [{ anchor: 0, sign: 1, around: (value) => neighbours(value, lambda - 1, max) }];
  }
  const around = (value: number) => {
    const fitting = exponentFor(value, max, state);
    const parts = EXPONENT_STEPS.map((step) => fitting + step)
      .filter((exponent) => exponent <= state)
      .flatMap((exponent) => neighbours(value, exponent, max));
    return firstOfEach(parts);
  };
  const anchors = form === 'delta' ? [1] : ANCHORS.keys();
  return Array.from(anchors, (anchor) => ({ anchor, sign: -1, around }));
}

/** One part of each value, the first. */
function firstOfEach(parts: readonly Part[]): readonly Part[] {
  const seen = new Set<number>();
  return parts.filter(({ mantissa, exponent }) => {
    const value = mantissa * 2 ** -exponent;
    return !seen.has(value) && seen.add(value);
  });
}

/** Chosen poles as integers. */
function storedAs(form: LambdaBar['form'], width: number, poles: readonly ChosenPole[]): LambdaBar {
  const re = Int32Array.from(poles, (pole) => pole.re.mantissa);
  const im = Int32Array.from(poles, (pole) => pole.im.mantissa);
  if (form === 'direct') return { form, width, frac: width - 1, re, im };
  const frac = Math.max(0, ...poles.flatMap(({ re: a, im: b }) => [a.exponent, b.exponent]));
  const stored = {
    ...{ width, frac, re, im },
    reShift: Int32Array.from(poles, (pole) => shiftOf(pole.re, frac)),
    imShift: Int32Array.from(poles, (pole) => shiftOf(pole.im, frac)),
  };
  return form === 'delta'
    ? { form, ...stored }
    : { form, ...stored, anchor: Int32Array.from(poles, (pole) => pole.anchor) };
}

function gainsOf(poles: readonly ChosenPole[]): PerPole {
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
): PerPole | undefined {
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
export function polesPushedOut({ re, im }: PerPole, lambda: LambdaBar, stateWidth: number): number {
  const max = maxMagnitude(lambda.width);
  const direct = lambda.form === 'direct';
  const plain = (value: number, anchor: number) => {
    const sign = direct ? 1 : -1;
    const wanted = sign * (value - anchor);
    const exponent = direct ? lambda.frac : exponentFor(wanted, max, stateWidth);
    return anchor + sign * nearestPart(wanted, exponent, max).mantissa * 2 ** -exponent;
  };
  return re.filter((wantedRe, p) => {
    const anchor = anchorOf(lambda, p);
    const a = plain(wantedRe, anchor.re);
    const b = plain(at(im, p), anchor.im);
    return a * a + b * b >= 1;
  }).length;
}

function anchorOf(lambda: LambdaBar, p: number): Complex {
  if (lambda.form === 'anchored') return at(ANCHORS, at(lambda.anchor, p));
  return ANCHORS[lambda.form === 'direct' ? 0 : 1];
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
  /** Index into `ANCHORS`. */
  readonly anchor: number;
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
  grids: readonly Grid[],
): ChosenPole {
  const inside = wanted.re * wanted.re + wanted.im * wanted.im < 1;
  let best: { pole: ChosenPole; distance: number } | undefined;
  for (const { anchor, sign, around } of inside ? grids : []) {
    const from = at(ANCHORS, anchor);
    const parts = {
      re: around(sign * (wanted.re - from.re)),
      im: around(sign * (wanted.im - from.im)),
    };
    for (const re of parts.re) {
      for (const im of parts.im) {
        const lambda = {
          re: from.re + sign * re.mantissa * 2 ** -re.exponent,
          im: from.im + sign * im.mantissa * 2 ** -im.exponent,
        };
        if (lambda.re * lambda.re + lambda.im * lambda.im >= 1) continue;
        const { distance, gain } =
          choice.kind === 'nearest'
            ? { distance: Math.hypot(lambda.re - wanted.re, lambda.im - wanted.im), gain: UNITY }
            : impulseMatch(wanted, lambda, choice.length);
        if (best === undefined || distance < best.distance) {
          best = { pole: { anchor, re, im, gain }, distance };
        }
      }
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
