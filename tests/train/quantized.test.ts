import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/at.js';
import type { InitSpec } from '../../src/float/s5/init.js';
import { prepare } from '../../src/float/s5/prepare.js';
import type { S5Model } from '../../src/float/s5/model.js';
import { networkGraph } from '../../src/network/graph/network.js';
import { runGraph } from '../../src/network/graph/run.js';
import { calibrate } from '../../src/network/quantize/calibrate.js';
import { inputWords } from '../../src/network/quantize/input_words.js';
import type { QuantizeSettings } from '../../src/network/quantize/settings.js';
import { inputNode } from '../../src/network/types.js';
import { find } from '../../src/train/graph/graph_parameters.js';
import { modelParameters } from '../../src/train/graph/model_parameters.js';
import { crossEntropy } from '../../src/train/ops/loss.js';
import { quantizedGraph } from '../../src/train/quantized/graph.js';
import { integersOf } from '../../src/train/quantized/integers.js';
import { createQuantizedRunner } from '../../src/train/quantized/lane.js';
import { quantizedModelGradients } from '../../src/train/quantized/model_gradients.js';
import { integerTensors } from '../../src/train/quantized/tensors.js';
import { TINY } from '../s5/specs.js';
import { randomModel, randomSequences } from './small.js';

const LENGTH = 70;
const LABEL = 1;

/** Words so long that roundings hardly matter. */
const FINE = {
  ...{ a: 20, b: 16, c: 16, d: 16, non_ssm: 16 },
  ...{ ssm_act: 16, non_ssm_act: 14, state: 24, residual: 22 },
};

function settingsOf(change: Partial<QuantizeSettings>): QuantizeSettings {
  return {
    name: 'trained',
    at: () => ({
      precision: FINE,
      lambdaForm: 'direct',
      rounding: { loop: 'half_even', requantize: 'half_up' },
    }),
    scales: {
      ...{ kind: 'real', perChannel: true, weightRange: 'abs_max' },
      ...{ balancedStates: true, multiplierBits: 24 },
    },
    input: { kind: 'values', width: 20, scale: 2 ** -16, unsigned: false },
    poles: { kind: 'nearest' },
    proof: { tensors: new Set(), length: LENGTH, margin: 1 },
    maxLength: LENGTH,
    ...change,
  };
}

/** Loss of the float network in inference. */
function floatLoss(model: S5Model, sequence: Float64Array): number {
  const graph = networkGraph(prepare(model), false);
  let scores = new Float64Array();
  runGraph(graph, sequence, ({ id }, data) => {
    if (id === graph.output) scores = data.slice();
  });
  return crossEntropy(scores, LABEL).loss;
}

/** Some index for each step. */
const indexAt = (t: number, inputs: number): number => (t * t) % inputs;

function difference(data: Float64Array, i: number, f: () => number): number {
  const x = at(data, i);
  const step = 1e-4;
  data[i] = x + step;
  const above = f();
  data[i] = x - step;
  const below = f();
  data[i] = x;
  return (above - below) / (2 * step);
}

describe('gradients through fine integers are those of the float network', () => {
  const cases: readonly (readonly [string, Partial<InitSpec>, Partial<QuantizeSettings>])[] = [
    ['half_glu1, batch norm', {}, {}],
    ['odd sizes', { features: 5, stateSize: 3 }, {}],
    ['poles by impulse', {}, { poles: { kind: 'impulse', length: LENGTH } }],
    ['layer norm, full_glu', { norm: 'layer', activation: 'full_glu' }, {}],
    ['both directions, bilinear', { bidirectional: true, discretization: 'bilinear' }, {}],
    ['both directions, 3 layers', { bidirectional: true, layers: 3, pooling: 'last' }, {}],
    ['half_glu2, norm behind', { activation: 'half_glu2', prenorm: false }, {}],
    ['last step, erf, hard sigmoid', { pooling: 'last', gelu: 'erf', sigmoid: 'hard' }, {}],
    ['an index that picks a column', {}, { input: { kind: 'one_hot' } }],
    ['gelu alone', { activation: 'gelu', gelu: 'q_gelu' }, {}],
  ];
  it.each(cases)('%s', (_name, change, settings) => {
    const model = randomModel({ ...TINY, ...change });
    const { inputs } = model.shape;
    const oneHot = settings.input?.kind === 'one_hot';
    const sequence = oneHot
      ? Float64Array.from({ length: LENGTH * inputs }, (_, i) =>
          indexAt(Math.floor(i / inputs), inputs) === i % inputs ? 1 : 0,
        )
      : at(randomSequences(1, LENGTH * inputs, 5), 0);
    const float = networkGraph(prepare(model), false);
    const data = { count: 1, values: () => sequence };
    const ranges = calibrate(float, data, { method: { kind: 'abs_max' }, margin: 1.2 });
    const step = integersOf(model, { ranges, settings: settingsOf(settings) });
    const trained = quantizedGraph(step.float, step.network);
    const runner = createQuantizedRunner(trained, { sequences: 1, length: LENGTH });
    runner.setNetwork(step.network);
    runner.setWeights(integerTensors(step));
    const words = oneHot
      ? Float64Array.from({ length: LENGTH }, (_, t) => indexAt(t, inputs))
      : Float64Array.from(
          inputWords(sequence, inputNode(step.network)).flatMap((vector) => [...vector]),
        );
    runner.setInput(0, words);
    runner.forward(0, 1);
    const { loss, gradient } = crossEntropy(runner.scores(0), LABEL);
    expect(Math.abs(loss - floatLoss(model, sequence))).toBeLessThan(1e-3);
    runner.clearGradients();
    runner.setScoreGradient(0, gradient);
    runner.backward(0, 1);
    const gradients = quantizedModelGradients(model, step, runner.gradients());
    for (const { name, data: values } of modelParameters(model)) {
      const wanted = values.map((_, i) => difference(values, i, () => floatLoss(model, sequence)));
      const own = find(gradients, name);
      const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-4);
      const error = own.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - at(wanted, i))),
        0,
      );
      expect(error / size, name).toBeLessThan(0.01);
    }
  });
});
