import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/at.js';
import { parseConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { forward, prepare, type PreparedModel } from '../../src/float/s5/forward.js';
import { TINY } from '../s5/specs.js';
import { initModel, type InitSpec } from '../../src/float/s5/init.js';
import { syntheticDataset } from '../../src/float/dataset/synthetic.js';
import { networkGraph } from '../../src/network/graph/network.js';
import { runGraph } from '../../src/network/graph/run.js';
import { floatNodeById, type FloatGraph } from '../../src/network/graph/types.js';
import { realWeights } from '../../src/network/real_weights.js';
import { nodeById } from '../../src/network/types.js';

const SHAPE: InitSpec = { ...TINY, layers: 3, features: 6, inputs: 4 };

const SHAPES: Readonly<Record<string, InitSpec>> = {
  'half_glu1, batch norm': SHAPE,
  'half_glu2, layer norm, last': {
    ...SHAPE,
    ...{ activation: 'half_glu2', norm: 'layer', pooling: 'last' },
  },
  'full_glu, postnorm, every step': {
    ...SHAPE,
    ...{ activation: 'full_glu', norm: 'layer', prenorm: false, pooling: 'none' },
  },
  'gelu, bidirectional, mean': { ...SHAPE, activation: 'gelu', bidirectional: true },
  'gelu, bidirectional, last': {
    ...SHAPE,
    ...{ activation: 'gelu', bidirectional: true, pooling: 'last', conjSym: false },
  },
};

function outputOf(graph: FloatGraph, input: Float64Array): Float64Array {
  let output: Float64Array = new Float64Array();
  runGraph(graph, input, ({ id }, data) => {
    if (id === graph.output) output = data;
  });
  return output;
}

function expectNear(found: Float64Array, wanted: Float64Array): void {
  expect(found).toHaveLength(wanted.length);
  const size = Math.max(...wanted.map(Math.abs));
  found.forEach((value, i) => {
    expect(Math.abs(value - at(wanted, i))).toBeLessThan(1e-12 * size);
  });
}

/** A model whose norms have gains and offsets. */
function modelOf(shape: InitSpec): PreparedModel {
  const model = prepare(initModel(shape));
  const layers = model.layers.map((layer, n) => ({
    ...layer,
    norm: {
      ...layer.norm,
      gain: layer.norm.gain.map((_, h) => 1.5 - (h + n) / 4),
      offset: layer.norm.offset.map((_, h) => (h - n) / 8),
    },
  }));
  return { ...model, layers };
}

describe('the float graph', () => {
  const data = syntheticDataset({ seed: 3, count: 2, length: 23, inputs: 4 });

  it.each(Object.entries(SHAPES))('has the function of the float network: %s', (_name, shape) => {
    const model = modelOf(shape);
    for (const i of [0, 1]) {
      const input = data.sequence(i);
      expectNear(outputOf(networkGraph(model, false), input), forward(model, input, 23));
    }
  });

  it('takes the index of a one-hot input', () => {
    const model = modelOf(SHAPE);
    const indices = Float64Array.from({ length: 23 }, (_, k) => (k * k + 1) % 4);
    const input = new Float64Array(4 * 23);
    indices.forEach((index, k) => (input[4 * k + index] = 1));
    expectNear(outputOf(networkGraph(model, true), indices), forward(model, input, 23));
  });
});

describe('the float graph of a quantised network', () => {
  const config = (network = 'activation: half_glu1, bidirectional: true') => `
name: graph
model:
  init: { seed: 5, layers: 2, features: 6, state_size: 3, inputs: 4, outputs: 3, norm: layer, pooling: mean, ${network} }
scope: network
data: { synthetic: { seed: 3, length: 40 } }
calibration: { sequences: 4, method: abs_max, weights: reconstruct, bias_correction: true }
precision:
  { a: 4, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 9, non_ssm_act: 8, state: 16, residual: 16 }
lambda_form: delta
poles: impulse
device: xc7a35t
`;

  it.each(['delta', 'direct'])('has the function of the float network: Lambda %s', async (form) => {
    const { graph, model, network, values, test } = await quantizeModel(
      parseConfig(config().replace('delta', form), 'graph.yaml'),
    );
    const recurrence = floatNodeById(graph, 'l0_recurrence');
    // Poles of 4 bits need factors, and the mean errors of 8 bits need offsets.
    expect(recurrence).toHaveProperty('gain');
    const decoder = floatNodeById(graph, 'decoder');
    expect(decoder.op === 'matvec' && decoder.offset?.some((b) => Math.abs(b) > 1e-6)).toBe(true);
    expect(graph.nodes.map(({ id }) => id)).toEqual(network.nodes.map(({ id }) => id));
    for (const i of [0, 1]) {
      const wanted = forward(model, test.sequence(i), test.length);
      const found = outputOf(graph, values(i));
      const size = Math.max(...wanted.map(Math.abs));
      found.forEach((value, k) => {
        expect(Math.abs(value - at(wanted, k))).toBeLessThan(1e-9 * size);
      });
    }
  });

  it('has the weights that integers at their nearest are within half a step of', async () => {
    const text = config('activation: full_glu').replace('reconstruct', 'nearest');
    const { graph, network } = await quantizeModel(parseConfig(text, 'graph.yaml'));
    const matrices = graph.nodes.filter((node) => node.op === 'matvec');
    expect(matrices.map(({ role }) => role)).toContain('b');
    for (const { id, weights } of matrices) {
      const read = realWeights(network, nodeById(network, id));
      expect(read?.values).toHaveLength(weights.length);
      read?.values.forEach((value, i) => {
        expect(Math.abs(value - at(weights, i))).toBeLessThan(0.500001 * at(read.steps, i));
      });
    }
  });
});
