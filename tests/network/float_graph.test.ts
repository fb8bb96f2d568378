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
import { weightsOf } from '../../src/network/ops/table.js';
import { realWeights } from '../../src/network/real_weights.js';
import { inputNode, nodeById, type IntegerNetwork } from '../../src/network/types.js';
import { openCheckpoint } from '../../src/design/checkpoint_file.js';
import { createEmulator } from '../../src/network/emulate/emulator.js';
import { createProbe } from '../../src/study/sensitivity/probe.js';
import { probeInput } from '../../src/study/sensitivity/input.js';
import { quantisersOf } from '../../src/study/sensitivity/switches.js';

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
    const { floatGraph, model, network, values, test } = await quantizeModel(
      parseConfig(config().replace('delta', form), 'graph.yaml'),
    );
    const graph = floatGraph();
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
    const { floatGraph, network } = await quantizeModel(parseConfig(text, 'graph.yaml'));
    const matrices = floatGraph().nodes.filter((node) => node.op === 'matvec');
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

describe('a stored network', () => {
  it('may have any ids', async () => {
    const text = `
name: stored
model:
  init: { seed: 5, layers: 1, features: 4, state_size: 2, inputs: 2, outputs: 2, activation: gelu, norm: batch, pooling: mean }
scope: network
data: { synthetic: { seed: 3, length: 20 } }
calibration: { sequences: 2, method: abs_max }
precision:
  { a: 8, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 8, non_ssm_act: 8, state: 12, residual: 12 }
lambda_form: delta
device: xc7a35t
`;
    const loaded = parseConfig(text, 'stored.yaml');
    const checkpoint = openCheckpoint(loaded);
    const { network, words } = await quantizeModel(loaded, { checkpoint });
    const named = (id: string) => `n_${id}`;
    const renamed: IntegerNetwork = {
      ...network,
      output: named(network.output),
      nodes: network.nodes.map((node) => ({
        ...node,
        id: named(node.id),
        ...('source' in node ? { source: named(node.source) } : {}),
        ...('input' in node ? { input: named(node.input) } : {}),
      })),
    };
    const provenance = { qs5: '0', config: text, checkpoint: await checkpoint.digest() };
    const stored = { network: renamed, provenance };
    const found = await quantizeModel(loaded, { checkpoint, stored });
    expect(found.words(1)).toEqual(words(1));
    const run = (one: IntegerNetwork) => createEmulator(one).run(words(1));
    expect(run(found.network)).toEqual(run(network));
  });
});

describe('a quantiser without an error', () => {
  it('has a noise of exactly 0', async () => {
    const text = `
name: exact
model:
  init: { seed: 503, layers: 3, features: 1, state_size: 2, inputs: 4, outputs: 1, activation: gelu, gelu: erf, norm: batch, pooling: mean }
scope: network
data: { synthetic: { seed: 41, length: 30 } }
calibration: { sequences: 1, method: mse, weights: reconstruct, bias_correction: true, margin: 2 }
precision:
  { a: 16, b: 3, c: 3, d: 8, non_ssm: 8, ssm_act: 12, non_ssm_act: 8, state: 12, residual: 10 }
scales: { kind: real, weights: per_tensor, weight_range: mse, balanced_states: false }
lambda_form: direct
device: xc7a35t
`;
    const { network, floatGraph, values, words } = await quantizeModel(
      parseConfig(text, 'exact.yaml'),
    );
    const graph = floatGraph();
    const nodeOf = (id: string) => nodeById(network, id);
    // D alone sets the scale of its row here, so a word is D itself.
    const exact = ['l0_d', 'l1_d'].filter((id) => {
      const weights = weightsOf(nodeOf(id), floatNodeById(graph, id), nodeOf);
      return weights?.real[0] === weights?.whole[0];
    });
    expect(exact).not.toEqual([]);
    const { float, alone } = createProbe({ network, graph })(
      probeInput(inputNode(network), words(0), values(0)),
    );
    for (const id of exact) {
      const d = quantisersOf(network).findIndex((quantiser) => quantiser.id === id);
      expect(alone[d]).toEqual(float);
    }
  });
});
