import type { Config } from '../../../config/schema.js';
import type { RandomStream } from '../../../base/random.js';
import { geluOf, sigmoidOf } from '../../../float/s5/activation.js';
import type {
  PreparedDense,
  PreparedLayer,
  PreparedModel,
  PreparedNorm,
} from '../../../float/s5/prepare.js';
import { at } from '../../../base/at.js';
import { applyRows } from '../../../float/s5/vector.js';
import type { LayerMagnitudes, Magnitudes } from './ranges.js';

/** Word lengths and bits of the requantising multipliers. */
export type Widths = Config['precision'] & { readonly multiplier: number };

/**
 * The float network with one rounding error for each word of the integer network. A step is the
 * largest magnitude of the float tensor / the largest word. Activations go to the nearest point of
 * a grid with a random origin per channel, so that a constant has a constant error. Weights err by
 * half a step, the maximum, with a random sign that is constant in time. No scale of the
 * calibration is read here.
 *
 * One call samples the errors of the weights. The returned function runs sequences, [L, inputs].
 */
export function noisyForward(
  model: PreparedModel,
  own: Magnitudes,
  widths: Widths,
  random: RandomStream,
): (input: Float64Array) => Float64Array {
  const { shape } = model;
  const stream = stepOf(own.stream, widths.residual);
  const jitter = (step: number) => (random.uniform() - 0.5) * step;
  const tools: Tools = {
    jitter,
    grid: (step) => {
      const origin = jitter(step);
      return step === 0
        ? (value) => value
        : (value) => Math.round((value - origin) / step) * step + origin;
    },
    worst: (data, step) =>
      data.map((value, i) => value + (random.uniform() < 0.5 ? -0.5 : 0.5) * step(i)),
    stream,
    widths,
  };

  const encoder = noisyDense(model.encoder, stepOf(own.input, widths.residual), stream, tools);
  const layers = model.layers.map((layer, n) => {
    const magnitudes = own.layers[n];
    if (magnitudes === undefined) throw new Error(`no ranges of layer ${n}`);
    return noisyLayer(model, layer, magnitudes, tools);
  });
  const outStep = stepOf(own.output, widths.residual);
  const decoder = noisyDense(model.decoder, stream, outStep, tools);
  const words = rounded(tools, shape.inputs, stepOf(own.input, widths.residual));
  const mean = rounded(tools, shape.features, stream);
  return (input) => {
    let x = encoder(words(input));
    for (const layer of layers) x = layer(x);
    return decoder(pooled(x, shape.features, shape.pooling, mean));
  };
}

interface Tools {
  /** An error of up to half a step. */
  readonly jitter: (step: number) => number;
  /** Rounding to a grid of that step and a random origin. */
  readonly grid: (step: number) => Rounder;
  /** Weights with an error of half a step each, of random sign. */
  readonly worst: (data: Float64Array, step: (i: number) => number) => Float64Array;
  /** Step of the residual stream. */
  readonly stream: number;
  readonly widths: Widths;
}

type Rounder = (value: number) => number;

/** Vectors of `width` channels, with one grid per channel. */
function rounded({ grid }: Tools, width: number, step: number): Run {
  const rounders = Array.from({ length: width }, () => grid(step));
  return (x) => x.map((value, i) => rounders[i % width]?.(value) ?? value);
}

type Run = (x: Float64Array) => Float64Array;

/** Step of a word of `bits` bits if the largest magnitude fills the word. */
function stepOf(largest: number, width: number): number {
  return largest / (2 ** (width - 1) - 1);
}

/** Step of a word with a power-of-two scale. */
function powerStepOf(largest: number, width: number): number {
  return largest === 0 ? 0 : 2 ** Math.ceil(Math.log2(stepOf(largest, width)));
}

function largestOf(data: ArrayLike<number>): number {
  return Array.from(data).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}

/**
 * Steps of the weights of each row. The scale of a row grows until its multiplier is an integer, by
 * at most one part in the largest multiplier.
 *
 * @param largest per row: real weight times the step of its input word.
 * @param to step of the result, per row.
 */
function rowSteps(
  largest: readonly number[],
  to: readonly number[],
  bits: number,
  multiplier: number,
) {
  const own = largest.map((value) => value / (2 ** (bits - 1) - 0.5));
  const ratio = Math.max(...own.map((step, m) => (at(to, m) === 0 ? 0 : step / at(to, m))));
  return own.map((step, m) => step + (ratio * at(to, m)) / 2 ** (multiplier - 2));
}

/** A dense map from words of one step to words of another. */
function noisyDense(dense: PreparedDense, from: number, to: number, tools: Tools): Run {
  const { inputs, outputs, weights, bias } = dense;
  const { widths, worst } = tools;
  const rows = Array.from({ length: outputs }, (_, m) =>
    largestOf(weights.subarray(m * inputs, (m + 1) * inputs)),
  );
  const steps = rowSteps(
    rows.map((largest) => largest * from),
    new Array<number>(outputs).fill(to),
    widths.non_ssm,
    widths.multiplier,
  );
  const noisy = worst(weights, (i) => (from === 0 ? 0 : at(steps, Math.floor(i / inputs)) / from));
  const result = rounded(tools, outputs, to);
  return (x) => result(applyRows(x, x.length / inputs, inputs, noisy, outputs, bias));
}

function pooled(x: Float64Array, width: number, pooling: string, round: Run): Float64Array {
  if (pooling === 'none') return x;
  if (pooling === 'last') return x.slice(x.length - width);
  const mean = new Float64Array(width);
  x.forEach((value, i) => (mean[i % width] = at(mean, i % width) + (value * width) / x.length));
  return round(mean);
}

/** A norm to words of the given step. */
function noisyNorm(norm: PreparedNorm, to: number, tools: Tools): Run {
  const { jitter, worst, widths } = tools;
  const largest = largestOf(norm.gain);
  const gain = worst(norm.gain, () => largest / 2 ** (widths.multiplier - 2));
  const width = gain.length;
  // The table of reciprocal roots, and its word.
  const table = 2 ** -Math.min(widths.non_ssm_act + 2, 12);
  const fine = Math.max(to / 4 / (largest || 1), 2 ** -16);
  const result = rounded(tools, width, to);
  return (x) => {
    const y = new Float64Array(x.length);
    for (let from = 0; from < x.length; from += width) {
      let [mean, inverse] = [0, 1];
      if (norm.kind === 'layer') {
        const row = x.subarray(from, from + width);
        mean = row.reduce((sum, value) => sum + value, 0) / width;
        const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
        inverse = (1 + jitter(table)) / Math.sqrt(variance + norm.eps);
      }
      for (let h = 0; h < width; h++) {
        let z = (at(x, from + h) - mean) * inverse;
        if (norm.kind === 'layer') z += jitter(fine);
        y[from + h] = z * at(gain, h) + at(norm.offset, h);
      }
    }
    return result(y);
  };
}

/** A pole on the grid of its word length, moved inwards until it is stable. */
function noisyPole(re: number, im: number, { jitter, widths }: Tools): readonly [number, number] {
  const step = (part: number) =>
    Math.max(Math.abs(part) * 2 ** -(widths.a - 2), 2 ** -widths.state);
  const rest = 1 - re;
  let moved = rest + jitter(step(rest));
  const turn = im + (im === 0 ? 0 : jitter(step(im)));
  while ((1 - moved) ** 2 + turn ** 2 >= 1) moved += step(rest);
  return [1 - moved, turn];
}

function noisyLayer(
  model: PreparedModel,
  layer: PreparedLayer,
  own: LayerMagnitudes,
  tools: Tools,
): Run {
  const { features: H, stateSize: P, prenorm, activation, bidirectional } = model.shape;
  const { widths, worst, grid, stream } = tools;
  const uStep = stepOf(own.tensor('u'), widths.non_ssm_act);
  const yStep = stepOf(own.tensor('y'), widths.non_ssm_act);
  const gStep = stepOf(own.tensor('gelu'), widths.non_ssm_act);
  const norm = prenorm ? noisyNorm(layer.norm, uStep, tools) : undefined;
  const postnorm = prenorm ? undefined : noisyNorm(layer.norm, stream, tools);

  // States and their input.
  const stateStep = own.state.map((largest) => powerStepOf(largest, widths.state));
  const readStep = stateStep.map((step) => step * 2 ** Math.max(0, widths.state - widths.ssm_act));
  const driveRows = Array.from({ length: 2 * P }, (_, m) =>
    largestOf(layer.inputWeights.subarray(m * H, (m + 1) * H)),
  );
  const driveSteps = rowSteps(
    driveRows.map((largest) => largest * uStep),
    driveRows.map((_, m) => at(stateStep, m % P)),
    widths.b,
    widths.multiplier,
  );
  const drive = worst(layer.inputWeights, (i) =>
    uStep === 0 ? 0 : at(driveSteps, Math.floor(i / H)) / uStep,
  );
  const { lambdaBarRe, lambdaBarIm } = layer.discrete;
  const poles = Array.from(lambdaBarRe, (re, p) => noisyPole(re, at(lambdaBarIm, p), tools));

  // C and D share the scale of their row, the larger of the two.
  const S = bidirectional ? 2 * P : P;
  const columns = 2 * S;
  const columnStep = (n: number) => at(readStep, (n % S) % P);
  const readWidth = Math.min(widths.state, widths.ssm_act);
  const apart = Math.log2(Math.sqrt(columns)) + readWidth - widths.non_ssm_act;
  const k = Math.min(Math.max(Math.round(apart), -8), 24);
  const needs = Array.from({ length: H }, (_, h) => {
    const row = layer.outputWeights.subarray(h * columns, (h + 1) * columns);
    const c =
      largestOf(row.map((weight, n) => weight * columnStep(n))) / (2 ** (widths.c - 1) - 0.5);
    const d = (Math.abs(at(layer.feedthrough, h)) * uStep) / (2 ** (widths.d - 1) - 0.5);
    return Math.max(c, d * 2 ** -k);
  });
  const ratio = Math.max(...needs);
  const rows = needs.map((need) => need + ratio / 2 ** (widths.multiplier - 2));
  const output = worst(layer.outputWeights, (i) => {
    const step = columnStep(i % columns);
    return step === 0 ? 0 : at(rows, Math.floor(i / columns)) / step;
  });
  const feedthrough = worst(layer.feedthrough, (h) =>
    uStep === 0 ? 0 : (at(rows, h) * 2 ** k) / uStep,
  );

  const toState = Array.from({ length: 4 * S }, (_, i) => grid(at(stateStep, (i % S) % P)));
  const toRead = Array.from({ length: columns }, (_, i) =>
    grid(widths.ssm_act < widths.state ? at(readStep, (i % S) % P) : 0),
  );
  const scan = (
    du: Float64Array,
    length: number,
    into: Float64Array,
    offset: number,
    back: boolean,
  ) => {
    for (let p = 0; p < P; p++) {
      const [re, im] = poles[p] ?? [0, 0];
      const [re0, im0] = [offset + p, S + offset + p];
      const [driveRe, driveIm] = [toState[re0], toState[im0]];
      const [loopRe, loopIm] = [toState[columns + re0], toState[columns + im0]];
      const [readRe, readIm] = [toRead[re0], toRead[im0]];
      let [a, b] = [0, 0];
      for (let n = 0; n < length; n++) {
        const t = back ? length - 1 - n : n;
        const [da, db] = [at(du, 2 * P * t + p), at(du, 2 * P * t + P + p)];
        const next = (loopRe?.(re * a - im * b) ?? 0) + (driveRe?.(da) ?? 0);
        b = (loopIm?.(im * a + re * b) ?? 0) + (driveIm?.(db) ?? 0);
        a = next;
        into[columns * t + re0] = readRe?.(a) ?? 0;
        into[columns * t + im0] = readIm?.(b) ?? 0;
      }
    }
  };
  const toY = rounded(tools, H, yStep);
  const ssm: Run = (u) => {
    const length = u.length / H;
    const du = applyRows(u, length, H, drive, 2 * P);
    const x = new Float64Array(length * columns);
    scan(du, length, x, 0, false);
    if (bidirectional) scan(du, length, x, P, true);
    const y = applyRows(x, length, columns, output, H);
    return toY(y.map((sum, i) => sum + at(feedthrough, i % H) * at(u, i)));
  };

  const gelu = geluOf(model.shape.gelu);
  const sigmoid = sigmoidOf(model.shape.sigmoid);
  const gain = 1 + tools.jitter(2 ** -(widths.multiplier - 2));
  const value =
    activation === 'full_glu' && layer.out1 !== undefined
      ? noisyDense(layer.out1, gStep, stepOf(own.tensor('value'), widths.non_ssm_act), tools)
      : undefined;
  const gate =
    layer.out2 === undefined
      ? undefined
      : noisyDense(layer.out2, gStep, stepOf(own.tensor('gate_input'), widths.non_ssm_act), tools);
  const toG = rounded(tools, H, gStep);
  const toSigma = rounded(tools, H, stepOf(1, widths.non_ssm_act));
  const toStream = rounded(tools, H, stream);
  const toU = rounded(tools, H, uStep);
  const branch: Run = (y) => {
    const exact = y.map(gelu);
    if (gate === undefined) return toStream(exact);
    const g = toG(exact);
    const sigma = toSigma(gate(g).map(sigmoid));
    const factor = value === undefined ? (activation === 'half_glu2' ? y : g) : value(g);
    return toStream(factor.map((a, i) => a * at(sigma, i) * gain));
  };
  return (x) => {
    const added = branch(ssm(norm?.(x) ?? toU(x)));
    const sum = x.map((skip, i) => skip + at(added, i));
    return postnorm?.(sum) ?? sum;
  };
}
