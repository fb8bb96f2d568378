import type { Dense, S5Layer, S5Model } from '../../src/float/s5/model.js';

/**
 * The network once more, slowly and by other means, to compare with: complex numbers as pairs,
 * arrays of arrays, the SSM as a convolution with powers of the discrete pole.
 */
export type Complex = readonly [number, number];
type Rows = number[][];

export const add = (a: Complex, b: Complex): Complex => [a[0] + b[0], a[1] + b[1]];
export const mul = (a: Complex, b: Complex): Complex => [
  a[0] * b[0] - a[1] * b[1],
  a[0] * b[1] + a[1] * b[0],
];
export const div = (a: Complex, b: Complex): Complex => {
  const [re, im] = mul(a, [b[0], -b[1]]);
  const size = b[0] ** 2 + b[1] ** 2;
  return [re / size, im / size];
};
export const exp = (a: Complex): Complex => [
  Math.exp(a[0]) * Math.cos(a[1]),
  Math.exp(a[0]) * Math.sin(a[1]),
];
export const power = (a: Complex, n: number): Complex =>
  Array.from({ length: n }).reduce<Complex>((product) => mul(product, a), [1, 0]);
export const get = (values: ArrayLike<number>, i: number): number => {
  const value = values[i];
  if (value === undefined) throw new RangeError(String(i));
  return value;
};
export const pair = (values: ArrayLike<number>, i: number): Complex => [
  get(values, 2 * i),
  get(values, 2 * i + 1),
];
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);

function dense({ inputs, outputs, kernel, bias }: Dense, rows: Rows): Rows {
  return rows.map((row) =>
    range(outputs).map(
      (o) =>
        get(bias, o) + sum(range(inputs).map((i) => get(row, i) * get(kernel, i * outputs + o))),
    ),
  );
}

function norm(layer: S5Layer, model: S5Model, rows: Rows): Rows {
  const { scale, bias, mean, var: variance } = layer.norm;
  return rows.map((row) => {
    const rowMean = sum(row) / row.length;
    const rowVar = sum(row.map((x) => x * x)) / row.length - rowMean ** 2;
    return row.map((x, h) => {
      const m = mean === undefined ? rowMean : get(mean, h);
      const v = variance === undefined ? rowVar : get(variance, h);
      const shift = model.shape.normBias ? get(bias, h) : 0;
      return ((x - m) / Math.sqrt(v + model.shape.normEps)) * get(scale, h) + shift;
    });
  });
}

/** Discrete pole, and the factor of b, of state `p`. */
export function discretePole(layer: S5Layer, model: S5Model, p: number): [Complex, Complex] {
  const { lambdaRe, lambdaIm, logStep } = layer.ssm;
  const lambda: Complex = [get(lambdaRe, p), get(lambdaIm, p)];
  const dt = Math.exp(get(logStep, p));
  if (model.shape.discretization === 'zoh') {
    const pole = exp(mul(lambda, [dt, 0]));
    return [pole, div(add(pole, [-1, 0]), lambda)];
  }
  const half = mul(lambda, [dt / 2, 0]);
  const bl = div([1, 0], [1 - half[0], -half[1]]);
  return [mul(bl, add([1, 0], half)), mul(bl, [dt, 0])];
}

function ssm(layer: S5Layer, model: S5Model, rows: Rows): Rows {
  const { stateSize, features, bidirectional, conjSym } = model.shape;
  const { b, c, d } = layer.ssm;
  const systems = range(stateSize).map((p) => discretePole(layer, model, p));
  const drive = (k: number, p: number): Complex =>
    range(features).reduce<Complex>(
      (total, h) => add(total, mul(pair(b, p * features + h), [get(rows[k] ?? [], h), 0])),
      [0, 0],
    );
  const state = (k: number, p: number, reverse: boolean): Complex => {
    const [pole, gain] = systems[p] ?? [
      [0, 0],
      [0, 0],
    ];
    return range(rows.length)
      .filter((j) => (reverse ? j >= k : j <= k))
      .reduce<Complex>(
        (total, j) => add(total, mul(power(pole, Math.abs(k - j)), mul(gain, drive(j, p)))),
        [0, 0],
      );
  };
  const width = bidirectional ? 2 * stateSize : stateSize;
  return rows.map((row, k) => {
    const states = range(width).map((s) => state(k, s % stateSize, s >= stateSize));
    return row.map((u, h) => {
      const y = sum(states.map((x, s) => mul(pair(c, h * width + s), x)[0]));
      return (conjSym ? 2 : 1) * y + get(d, h) * u;
    });
  });
}

/** x / 2 (1 + erf(x / sqrt 2)), the error function as its series in x: exact enough for |x| < 6. */
export const erfGelu = (x: number): number => {
  const z = Math.min(Math.abs(x), 6) / Math.SQRT2;
  let term = z;
  let sum = z;
  for (let n = 1; n < 200; n++) {
    term *= (2 * z * z) / (2 * n + 1);
    sum += term;
  }
  const erf = (2 / Math.sqrt(Math.PI)) * Math.exp(-z * z) * sum;
  return (x / 2) * (1 + Math.sign(x) * erf);
};
export const gelu = (x: number): number => {
  const t = Math.exp(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
  return (x / 2) * (1 + (t - 1) / (t + 1));
};
const sigmoid = (x: number): number => (1 + Math.tanh(x / 2)) / 2;
const qGelu = (x: number): number => (x < -2 ? 0 : x > 2 ? x : (x * x) / 4 + x / 2);
const hardSigmoid = (x: number): number => (x < -3 ? 0 : x > 3 ? 1 : 0.5 + x / 6);
const zip = (a: Rows, b: Rows, f: (x: number, y: number) => number): Rows =>
  a.map((row, k) => row.map((x, h) => f(x, get(b[k] ?? [], h))));

function run(layer: S5Layer, model: S5Model, x: Rows): Rows {
  const { prenorm, activation, gelu: geluKind, sigmoid: sigmoidKind } = model.shape;
  const y = ssm(layer, model, prenorm ? norm(layer, model, x) : x);
  const g = y.map((row) => row.map({ exact: gelu, erf: erfGelu, q_gelu: qGelu }[geluKind]));
  const product = layer.out1 ? dense(layer.out1, g) : activation === 'half_glu2' ? y : g;
  const gate = sigmoidKind === 'exact' ? sigmoid : hardSigmoid;
  const branch = layer.out2 ? zip(product, dense(layer.out2, g), (a, b) => a * gate(b)) : g;
  const out = zip(x, branch, (a, b) => a + b);
  return prenorm ? out : norm(layer, model, out);
}

/** Class scores, flat: [outputs], or [L, outputs] without pooling. */
export function naiveForward(model: S5Model, input: ArrayLike<number>, length: number): number[] {
  const { inputs, pooling, features } = model.shape;
  const rows = range(length).map((k) => range(inputs).map((i) => get(input, k * inputs + i)));
  const x = model.layers.reduce((r, layer) => run(layer, model, r), dense(model.encoder, rows));
  const mean = range(features).map((h) => sum(x.map((row) => get(row, h))) / length);
  const pooled = pooling === 'none' ? x : pooling === 'last' ? x.slice(-1) : [mean];
  return dense(model.decoder, pooled).flat();
}
