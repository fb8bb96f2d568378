import { discretize, expm1OverZ } from '../../float/s5/discretize.js';
import type { Discretization, SsmParameters } from '../../float/s5/model.js';
import { at } from '../../float/s5/vector.js';

/**
 * A complex number; a gradient with respect to one holds the slopes along the real and the
 * imaginary part. The chain rule of w = f(z) is then dz = conj(f'(z)) dw.
 */
interface Complex {
  readonly re: number;
  readonly im: number;
}

const times = (a: Complex, b: Complex): Complex => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
});
const plus = (a: Complex, b: Complex): Complex => ({ re: a.re + b.re, im: a.im + b.im });
const scaled = (a: Complex, by: number): Complex => ({ re: a.re * by, im: a.im * by });
const conj = (a: Complex): Complex => ({ re: a.re, im: -a.im });
const over = (a: Complex, b: Complex): Complex =>
  scaled(times(a, conj(b)), 1 / (b.re * b.re + b.im * b.im));

/** The discrete system in the layout of the graph: (re, im) of a state side by side. */
export interface DiscreteWeights {
  /** [2P] */
  readonly lambdaBar: Float64Array;
  /** [2P, H] */
  readonly bBar: Float64Array;
}

/** Gradients with respect to the parameters of the continuous system, in their layout. */
export type SystemGradient = Pick<SsmParameters, 'lambdaRe' | 'lambdaIm' | 'b' | 'logStep'>;

export function discreteWeights(
  ssm: SsmParameters,
  method: Discretization,
  stepRescale: number,
): DiscreteWeights {
  const { lambdaBarRe, lambdaBarIm, bBarRe, bBarIm } = discretize(ssm, method, stepRescale);
  const features = ssm.d.length;
  const lambdaBar = new Float64Array(2 * lambdaBarRe.length);
  const bBar = new Float64Array(2 * bBarRe.length);
  for (let p = 0; p < lambdaBarRe.length; p++) {
    lambdaBar[2 * p] = at(lambdaBarRe, p);
    lambdaBar[2 * p + 1] = at(lambdaBarIm, p);
    const row = p * features;
    bBar.set(bBarRe.subarray(row, row + features), 2 * row);
    bBar.set(bBarIm.subarray(row, row + features), 2 * row + features);
  }
  return { lambdaBar, bBar };
}

/** Gradients of Lambda, B and log_step from those of lambdaBar and bBar. */
export function discreteWeightsGradient(
  ssm: SsmParameters,
  method: Discretization,
  stepRescale: number,
  { lambdaBar, bBar }: DiscreteWeights,
): SystemGradient {
  const states = ssm.lambdaRe.length;
  const features = ssm.d.length;
  const gradient = {
    lambdaRe: new Float64Array(states),
    lambdaIm: new Float64Array(states),
    b: new Float64Array(ssm.b.length),
    logStep: new Float64Array(states),
  };
  for (let p = 0; p < states; p++) {
    const lambda = { re: at(ssm.lambdaRe, p), im: at(ssm.lambdaIm, p) };
    const step = stepRescale * Math.exp(at(ssm.logStep, p));
    const slopes = method === 'zoh' ? holdSlopes(lambda, step) : bilinearSlopes(lambda, step);
    let dGain: Complex = { re: 0, im: 0 };
    for (let h = 0; h < features; h++) {
      const i = 2 * (p * features + h);
      const from = 2 * p * features + h;
      const dBBar = { re: at(bBar, from), im: at(bBar, from + features) };
      const dB = times(conj(slopes.gain), dBBar);
      gradient.b[i] = dB.re;
      gradient.b[i + 1] = dB.im;
      dGain = plus(dGain, times(conj({ re: at(ssm.b, i), im: at(ssm.b, i + 1) }), dBBar));
    }
    const dPole = { re: at(lambdaBar, 2 * p), im: at(lambdaBar, 2 * p + 1) };
    const dLambda = plus(
      times(conj(slopes.poleByLambda), dPole),
      times(conj(slopes.gainByLambda), dGain),
    );
    gradient.lambdaRe[p] = dLambda.re;
    gradient.lambdaIm[p] = dLambda.im;
    const dStep =
      times(conj(slopes.poleByStep), dPole).re + times(conj(slopes.gainByStep), dGain).re;
    gradient.logStep[p] = step * dStep;
  }
  return gradient;
}

/** Slopes of lambdaBar and of the factor of a row of B, by lambda and by the step. */
interface Slopes {
  readonly gain: Complex;
  readonly poleByLambda: Complex;
  readonly poleByStep: Complex;
  readonly gainByLambda: Complex;
  readonly gainByStep: Complex;
}

/** lambdaBar = exp(z), gain = step phi(z), with z = lambda step and phi(z) = (exp(z) - 1) / z. */
function holdSlopes(lambda: Complex, step: number): Slopes {
  const z = scaled(lambda, step);
  const size = Math.exp(z.re);
  const pole = { re: size * Math.cos(z.im), im: size * Math.sin(z.im) };
  const phi = expm1OverZ(z);
  return {
    gain: scaled(phi, step),
    poleByLambda: scaled(pole, step),
    poleByStep: times(lambda, pole),
    gainByLambda: scaled(phiSlope(z, pole, phi), step * step),
    gainByStep: pole,
  };
}

/** Below this |z| the quotient loses digits, and eight terms of the series are exact. */
const SERIES_LIMIT = 0.01;
const SERIES_TERMS = 8;

/** phi'(z) = (exp(z) - phi(z)) / z, or its series sum n z^(n-1) / (n + 1)!. */
function phiSlope(z: Complex, pole: Complex, phi: Complex): Complex {
  if (Math.hypot(z.re, z.im) >= SERIES_LIMIT) return over(plus(pole, scaled(phi, -1)), z);
  let power: Complex = { re: 1, im: 0 };
  let factorial = 1;
  let sum: Complex = { re: 0, im: 0 };
  for (let n = 1; n <= SERIES_TERMS; n++) {
    factorial *= n + 1;
    sum = plus(sum, scaled(power, n / factorial));
    power = times(power, z);
  }
  return sum;
}

/** lambdaBar = (1 + z / 2) / (1 - z / 2), gain = step / (1 - z / 2), with z = lambda step. */
function bilinearSlopes(lambda: Complex, step: number): Slopes {
  const bl = over(
    { re: 1, im: 0 },
    { re: 1 - (lambda.re * step) / 2, im: (-lambda.im * step) / 2 },
  );
  const square = times(bl, bl);
  return {
    gain: scaled(bl, step),
    poleByLambda: scaled(square, step),
    poleByStep: times(lambda, square),
    gainByLambda: scaled(square, (step * step) / 2),
    gainByStep: square,
  };
}
