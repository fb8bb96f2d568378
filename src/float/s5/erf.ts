/**
 * The complementary error function, to within 1 unit in the last place.
 *
 * Source: s_erf.c of FreeBSD's libm. Copyright (C) 1993 by Sun Microsystems, Inc. Developed at
 * SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice is preserved.
 */

/** Polynomials, constant term first. */
type Polynomial = readonly number[];

/** erf(x) = x + x P(x^2) / Q(x^2) below 0.84375. */
const SMALL: readonly [Polynomial, Polynomial] = [
  [
    1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2,
    -5.77027029648944159157e-3, -2.37630166566501626084e-5,
  ],
  [
    1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3,
    1.32494738004321644526e-4, -3.9602282787753681232e-6,
  ],
];

/** erf(x) = NEAR_ONE + P(x - 1) / Q(x - 1) from 0.84375 to 1.25. */
const NEAR_ONE = 8.45062911510467529297e-1;
const MIDDLE: readonly [Polynomial, Polynomial] = [
  [
    -2.36211856075265944077e-3, 4.14856118683748331666e-1, -3.72207876035701323847e-1,
    3.18346619901161753674e-1, -1.10894694282396677476e-1, 3.54783043256182359371e-2,
    -2.166375594868790843e-3,
  ],
  [
    1, 1.06420880400844228286e-1, 5.40397917702171048937e-1, 7.18286544141962662868e-2,
    1.26171219808761642112e-1, 1.36370839120290507362e-2, 1.1984499846799107417e-2,
  ],
];

/** erfc(x) = exp(-x^2 - 0.5625 + P(1 / x^2) / Q(1 / x^2)) / x from 1.25 to 1 / 0.35. */
const TAIL: readonly [Polynomial, Polynomial] = [
  [
    -9.86494403484714822705e-3, -6.93858572707181764372e-1, -1.05586262253232909814e1,
    -6.23753324503260060396e1, -1.62396669462573470355e2, -1.84605092906711035994e2,
    -8.12874355063065934246e1, -9.81432934416914548592,
  ],
  [
    1, 1.96512716674392571292e1, 1.376577541435190426e2, 4.34565877475229228821e2,
    6.45387271733267880336e2, 4.29008140027567833386e2, 1.08635005541779435134e2,
    6.57024977031928170135, -6.04244152148580987438e-2,
  ],
];

/** The same beyond. */
const FAR_TAIL: readonly [Polynomial, Polynomial] = [
  [
    -9.86494292470009928597e-3, -7.99283237680523006574e-1, -1.77579549177547519889e1,
    -1.60636384855821916062e2, -6.37566443368389627722e2, -1.02509513161107724954e3,
    -4.83519191608651397019e2,
  ],
  [
    1, 3.03380607434824582924e1, 3.25792512996573918826e2, 1.53672958608443695994e3,
    3.19985821950859553908e3, 2.55305040643316442583e3, 4.74528541206955367215e2,
    -2.24409524465858183362e1,
  ],
];

/** From here on erfc(x) is below the smallest number. */
const LARGEST = 28;

/** 2 / sqrt(pi) times the integral of exp(-t^2) from x to infinity; 0 to 2. */
export function erfc(x: number): number {
  const size = Math.abs(x);
  if (size < 0.84375) {
    const erf = x + x * ratio(SMALL, x * x);
    // Subtracting from 1 loses digits of a large erf: 0.5 - x is exact.
    return x < 0.25 ? 1 - erf : 0.5 - (erf - 0.5);
  }
  const tail = size < 1.25 ? 1 - NEAR_ONE - ratio(MIDDLE, size - 1) : upperTail(size);
  return x >= 0 ? tail : 2 - tail;
}

/** erfc of a number from 1.25. */
function upperTail(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > LARGEST) return 0;
  const quotient = ratio(x < 1 / 0.35 ? TAIL : FAR_TAIL, 1 / (x * x));
  // The square of a rounded x is exact, and what it lacks is small.
  const rounded = Math.fround(x);
  const missing = (rounded - x) * (rounded + x);
  return (Math.exp(-rounded * rounded - 0.5625) * Math.exp(missing + quotient)) / x;
}

function ratio([p, q]: readonly [Polynomial, Polynomial], x: number): number {
  return evaluate(p, x) / evaluate(q, x);
}

/** Horner's rule. */
function evaluate(polynomial: Polynomial, x: number): number {
  return polynomial.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}
