/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

export const UNITY: Complex = { re: 1, im: 0 };

/**
 * Distance of the impulse response g q^k from w^k over k = 0 .. length - 1, with the best g:
 * g = <w, q> / |q|^2, where <a, b> = sum (a conj b)^k.
 *
 * @param wanted, found w and q, both inside the unit circle.
 * @returns g, and the least of sum |w^k - g q^k|^2 / sum |w^k|^2, in [0, 1].
 */
export function impulseMatch(
  wanted: Complex,
  found: Complex,
  length: number,
): { readonly distance: number; readonly gain: Complex } {
  const cross = powerSum(timesConjugate(wanted, found), length);
  const energy = powerSum(timesConjugate(found, found), length).re;
  const whole = powerSum(timesConjugate(wanted, wanted), length).re;
  const common = (cross.re * cross.re + cross.im * cross.im) / (energy * whole);
  return {
    distance: Math.max(0, 1 - common),
    gain: { re: cross.re / energy, im: cross.im / energy },
  };
}

function timesConjugate(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re + a.im * b.im, im: a.im * b.re - a.re * b.im };
}

/** 1 + z + ... + z^(length - 1) for |z| < 1, as (1 - z^length) / (1 - z). */
function powerSum(z: Complex, length: number): Complex {
  const last = power(z, length);
  const [nRe, nIm] = [1 - last.re, -last.im];
  const [dRe, dIm] = [1 - z.re, -z.im];
  const size = dRe * dRe + dIm * dIm;
  return { re: (nRe * dRe + nIm * dIm) / size, im: (nIm * dRe - nRe * dIm) / size };
}

/** z^n by squares: every pole of a network meets hundreds of candidates. */
function power(z: Complex, n: number): Complex {
  let [re, im] = [1, 0];
  let [squareRe, squareIm] = [z.re, z.im];
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) {
      [re, im] = [re * squareRe - im * squareIm, re * squareIm + im * squareRe];
    }
    [squareRe, squareIm] = [squareRe * squareRe - squareIm * squareIm, 2 * squareRe * squareIm];
  }
  return { re, im };
}
