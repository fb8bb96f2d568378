import type { Discretization, SsmParameters } from './model.js';
import { at } from './vector.js';

/** x_k = lambdaBar x_{k-1} + bBar u_k, elementwise in x. */
export interface DiscreteSystem {
  /** [P] */
  readonly lambdaBarRe: Float64Array;
  /** [P] */
  readonly lambdaBarIm: Float64Array;
  /** [P, H] */
  readonly bBarRe: Float64Array;
  /** [P, H] */
  readonly bBarIm: Float64Array;
}

interface Complex {
  readonly re: number;
  readonly im: number;
}

/** One pole and its step after discretisation: the discrete pole, and the factor of its row of B. */
interface DiscretePole {
  readonly pole: Complex;
  readonly gain: Complex;
}

/**
 * The discrete system of step `stepRescale * exp(logStep)` per state.
 *
 * - zoh: lambdaBar = exp(lambda dt), bBar = (lambdaBar - 1) / lambda * b
 * - bilinear: bl = 1 / (1 - lambda dt / 2), lambdaBar = bl (1 + lambda dt / 2), bBar = bl dt b
 *
 * Source: lindermanlab/S5 s5/ssm.py, discretize_zoh and discretize_bilinear.
 */
export function discretize(
  ssm: SsmParameters,
  method: Discretization,
  stepRescale = 1,
): DiscreteSystem {
  const states = ssm.lambdaRe.length;
  const features = ssm.d.length;
  const lambdaBarRe = new Float64Array(states);
  const lambdaBarIm = new Float64Array(states);
  const bBarRe = new Float64Array(states * features);
  const bBarIm = new Float64Array(states * features);
  for (let p = 0; p < states; p++) {
    const lambda = { re: at(ssm.lambdaRe, p), im: at(ssm.lambdaIm, p) };
    const step = stepRescale * Math.exp(at(ssm.logStep, p));
    const { pole, gain } = method === 'zoh' ? holdPole(lambda, step) : bilinearPole(lambda, step);
    lambdaBarRe[p] = pole.re;
    lambdaBarIm[p] = pole.im;
    for (let h = p * features; h < (p + 1) * features; h++) {
      const re = at(ssm.b, 2 * h);
      const im = at(ssm.b, 2 * h + 1);
      bBarRe[h] = gain.re * re - gain.im * im;
      bBarIm[h] = gain.re * im + gain.im * re;
    }
  }
  return { lambdaBarRe, lambdaBarIm, bBarRe, bBarIm };
}

/** Zero-order hold of one pole (1/s) over `step` seconds. */
function holdPole(lambda: Complex, step: number): DiscretePole {
  const z = { re: lambda.re * step, im: lambda.im * step };
  const size = Math.exp(z.re);
  const phi = expm1OverZ(z);
  return {
    pole: { re: size * Math.cos(z.im), im: size * Math.sin(z.im) },
    gain: { re: step * phi.re, im: step * phi.im },
  };
}

/** Bilinear (Tustin) transform of one pole (1/s) over `step` seconds. */
function bilinearPole(lambda: Complex, step: number): DiscretePole {
  const re = (lambda.re * step) / 2;
  const im = (lambda.im * step) / 2;
  const bl = divide({ re: 1, im: 0 }, { re: 1 - re, im: -im });
  return {
    pole: divide({ re: 1 + re, im }, { re: 1 - re, im: -im }),
    gain: { re: step * bl.re, im: step * bl.im },
  };
}

/** Below this |z| eight terms of the series are exact to a rounding. */
const SERIES_LIMIT = 0.01;
const SERIES_TERMS = 8;

/** (exp(z) - 1) / z, and its limit 1 at z = 0, without cancellation for small |z|. */
export function expm1OverZ(z: Complex): Complex {
  if (Math.hypot(z.re, z.im) >= SERIES_LIMIT) {
    const half = Math.sin(z.im / 2);
    return divide(
      {
        re: Math.expm1(z.re) * Math.cos(z.im) - 2 * half * half,
        im: Math.exp(z.re) * Math.sin(z.im),
      },
      z,
    );
  }
  // Horner's rule on sum z^n / (n + 1)!.
  let re = 1;
  let im = 0;
  for (let n = SERIES_TERMS; n >= 2; n--) {
    const product = { re: re * z.re - im * z.im, im: re * z.im + im * z.re };
    re = 1 + product.re / n;
    im = product.im / n;
  }
  return { re, im };
}

function divide(a: Complex, b: Complex): Complex {
  const size = b.re * b.re + b.im * b.im;
  return { re: (a.re * b.re + a.im * b.im) / size, im: (a.im * b.re - a.re * b.im) / size };
}
