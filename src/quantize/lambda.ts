import { maxMagnitude } from '../fixed/range.js';
import type { LambdaBar } from '../network/types.js';
import { Qs5Error } from '../errors.js';

/** A pair of integers that stand for one pole, and how far its value is from the wanted one. */
interface Candidate {
  readonly re: number;
  readonly im: number;
  readonly distance: number;
}

/**
 * Lambda-bar at Q1.(width-1), each pole at its nearest stable neighbour.
 *
 * @param re, im [P], inside the unit circle.
 * @param subject names the tensor in errors.
 * @throws E_UNSTABLE for a pole outside the unit circle.
 */
export function quantizeDirect(
  re: Float64Array,
  im: Float64Array,
  width: number,
  subject: string,
): LambdaBar {
  const frac = width - 1;
  const unit = 2 ** frac;
  const max = maxMagnitude(width);
  const poles = Array.from(re, (wantedRe, p) => {
    const wantedIm = im[p] ?? 0;
    return nearestStable(p, subject, [wantedRe, wantedIm], {
      re: neighbours(wantedRe * unit, max),
      im: neighbours(wantedIm * unit, max),
      value: (a, b) => [a / unit, b / unit],
      stable: (a, b) => a * a + b * b < unit * unit,
    });
  });
  return {
    form: 'direct',
    width,
    frac,
    re: Int32Array.from(poles, (pole) => pole.re),
    im: Int32Array.from(poles, (pole) => pole.im),
  };
}

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
  subject: string,
): LambdaBar {
  const max = maxMagnitude(width);
  const exponents = Array.from(re, (wantedRe, p) => ({
    re: exponentFor(1 - wantedRe, max, maxFrac),
    im: exponentFor(im[p] ?? 0, max, maxFrac),
  }));
  const frac = Math.max(0, ...exponents.flatMap((e) => [e.re, e.im]));
  const unit = 2 ** frac;
  const poles = exponents.map((exponent, p) => {
    const wantedRe = re[p] ?? 0;
    const wantedIm = im[p] ?? 0;
    // Integers of lambda_bar at 2^-frac from the two mantissas.
    const integers = (a: number, b: number): [number, number] => [
      unit - a * 2 ** (frac - exponent.re),
      -b * 2 ** (frac - exponent.im),
    ];
    return nearestStable(p, subject, [wantedRe, wantedIm], {
      re: neighbours((1 - wantedRe) * 2 ** exponent.re, max),
      im: neighbours(-wantedIm * 2 ** exponent.im, max),
      value: (a, b) => {
        const [x, y] = integers(a, b);
        return [x / unit, y / unit];
      },
      stable: (a, b) => {
        const [x, y] = integers(a, b);
        return x * x + y * y < unit * unit;
      },
    });
  });
  return {
    form: 'delta',
    width,
    frac,
    re: Int32Array.from(poles, (pole) => pole.re),
    im: Int32Array.from(poles, (pole) => pole.im),
    reShift: Int32Array.from(exponents, (e) => frac - e.re),
    imShift: Int32Array.from(exponents, (e) => frac - e.im),
  };
}

/** Largest exponent e <= maxExponent with round(|value| * 2^e) <= max; 0 for what rounds to 0. */
function exponentFor(value: number, max: number, maxExponent: number): number {
  const magnitude = Math.abs(value);
  if (Math.round(magnitude * 2 ** maxExponent) === 0) return 0;
  let exponent = maxExponent;
  while (Math.round(magnitude * 2 ** exponent) > max) exponent -= 1;
  return exponent;
}

/** Integers around a real one, nearest first not guaranteed, within +-max. */
function neighbours(value: number, max: number): number[] {
  const floor = Math.floor(value);
  const around = [-2, -1, 0, 1, 2, 3].map((step) => floor + step);
  return [...new Set(around.map((n) => Math.min(Math.max(n, -max), max) + 0))];
}

function nearestStable(
  p: number,
  subject: string,
  [wantedRe, wantedIm]: [number, number],
  grid: {
    re: readonly number[];
    im: readonly number[];
    value: (re: number, im: number) => [number, number];
    stable: (re: number, im: number) => boolean;
  },
): Candidate {
  let best: Candidate | undefined;
  const inside = wantedRe * wantedRe + wantedIm * wantedIm < 1;
  for (const re of inside ? grid.re : []) {
    for (const im of grid.im) {
      if (!grid.stable(re, im)) continue;
      const [x, y] = grid.value(re, im);
      const distance = Math.hypot(x - wantedRe, y - wantedIm);
      if (best === undefined || distance < best.distance) best = { re, im, distance };
    }
  }
  if (best !== undefined) return best;
  const size = Math.hypot(wantedRe, wantedIm).toPrecision(8);
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
