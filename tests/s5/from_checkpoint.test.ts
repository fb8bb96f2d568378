import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { readSafetensors, type TensorFile } from '../../src/float/checkpoint/safetensors.js';
import { writeSafetensors } from '../../src/float/checkpoint/write_safetensors.js';
import { syntheticDataset } from '../../src/float/dataset/synthetic.js';
import { forward, prepare } from '../../src/float/s5/forward.js';
import { loadModel, modelFromTensors } from '../../src/float/s5/from_checkpoint.js';
import { initModel } from '../../src/float/s5/init.js';
import type { S5Model } from '../../src/float/s5/model.js';
import { tensorsFromModel } from '../../src/float/s5/to_checkpoint.js';
import { caught, rejected } from '../checkpoint/caught.js';
import { TINY, specs } from './specs.js';

const good = tensorsFromModel(initModel(TINY));
const read = (file: TensorFile): string => caught(() => modelFromTensors(file, 'm'));

/** The good file with tensors left out, renamed, added or given another shape. */
function changed(change: {
  drop?: string;
  rename?: readonly [string, string];
  set?: readonly [string, readonly number[], number];
}): TensorFile {
  const tensors = new Map(good.tensors);
  if (change.drop !== undefined) tensors.delete(change.drop);
  if (change.rename !== undefined) {
    const [from, to] = change.rename;
    const tensor = tensors.get(from);
    if (tensor === undefined) throw new Error(from);
    tensors.delete(from);
    tensors.set(to, { ...tensor, name: to });
  }
  if (change.set !== undefined) {
    const [name, shape, value] = change.set;
    const data = new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(value);
    tensors.set(name, { name, shape, data });
  }
  return { tensors, metadata: good.metadata };
}
const meta = (metadata: Record<string, string>): TensorFile => ({
  ...good,
  metadata: { ...good.metadata, ...metadata },
});

describe('models from checkpoints', () => {
  test('any model survives writing and reading', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const model = initModel(spec);
        const { tensors, metadata } = tensorsFromModel(model);
        const bytes = writeSafetensors(tensors.values(), metadata, 'F64');
        expect(modelFromTensors(readSafetensors(bytes, 'm'), 'm')).toEqual(model);
      }),
      { numRuns: 60 },
    );
  });

  test('the model that comes with qs5', async () => {
    const { shape } = await loadModel('models/smnist-s5-2x32x16.safetensors', 'm');
    expect(shape).toMatchInlineSnapshot(`
      {
        "activation": "half_glu1",
        "bidirectional": false,
        "conjSym": true,
        "discretization": "zoh",
        "features": 32,
        "gelu": "exact",
        "inputs": 1,
        "layers": 2,
        "norm": "batch",
        "normBias": true,
        "normEps": 0.00001,
        "outputs": 10,
        "pooling": "mean",
        "prenorm": true,
        "sigmoid": "exact",
        "stateSize": 16,
      }
    `);
  });

  test('defaults of S5 and flax without metadata', () => {
    const { shape } = modelFromTensors({ ...good, metadata: {} }, 'm');
    expect(shape).toEqual(initModel(TINY).shape);
    const layered = tensorsFromModel(initModel({ ...TINY, norm: 'layer' }));
    const { shape: layer } = modelFromTensors({ ...layered, metadata: { norm: 'layer' } }, 'm');
    expect(layer.normEps).toBe(1e-6);
  });

  test('one C for both directions, as complex_normal stores it', () => {
    const model = initModel({ ...TINY, layers: 1, bidirectional: true });
    const file = tensorsFromModel(model);
    const prefix = 'params/encoder/layers_0/seq';
    const tensors = new Map(file.tensors);
    tensors.delete(`${prefix}/C1`);
    tensors.delete(`${prefix}/C2`);
    const c = model.layers[0]?.ssm.c ?? new Float64Array();
    tensors.set(`${prefix}/C`, { name: `${prefix}/C`, shape: [4, 6, 2], data: c });
    expect(modelFromTensors({ ...file, tensors }, 'm')).toEqual(model);
  });

  test('of C1 and C2 the first reads the states of the forward direction', () => {
    const spec = { ...TINY, layers: 1, pooling: 'none' } as const;
    const forwardOnly = initModel(spec);
    const file = tensorsFromModel(forwardOnly);
    const prefix = 'params/encoder/layers_0/seq';
    const c = file.tensors.get(`${prefix}/C`);
    if (c === undefined) throw new Error('no C');
    const withC = (first: Float64Array, second: Float64Array): S5Model => {
      const tensors = new Map(file.tensors);
      tensors.delete(`${prefix}/C`);
      tensors.set(`${prefix}/C1`, { ...c, data: first });
      tensors.set(`${prefix}/C2`, { ...c, data: second });
      const metadata = { ...file.metadata, bidirectional: 'true' };
      return modelFromTensors({ tensors, metadata }, 'm');
    };
    const steps = 5;
    const input = syntheticDataset({ seed: 1, count: 1, length: steps, inputs: 2 }).sequence(0);
    const reversed = Float64Array.from(
      Array.from({ length: steps }, (_, k) => [...input.slice(2 * k, 2 * k + 2)])
        .reverse()
        .flat(),
    );
    const run = (model: S5Model, sequence: Float64Array): number[][] => {
      const scores = [...forward(prepare(model), sequence, steps)];
      return Array.from({ length: steps }, (_, k) => scores.slice(3 * k, 3 * k + 3));
    };
    const zeros = new Float64Array(c.data.length);
    const expected = run(forwardOnly, input);
    expect(run(withC(c.data, zeros), input)).toEqual(expected);
    const backwards = run(withC(zeros, c.data), reversed).reverse();
    for (const [k, row] of backwards.entries()) {
      for (const [o, score] of row.entries())
        expect(score).toBeCloseTo(expected[k]?.[o] ?? NaN, 12);
    }
  });

  test('layer norms without bias have one of zeros, and stay without', () => {
    const spec = { ...TINY, norm: 'layer', normEps: 1e-6 } as const;
    const file = tensorsFromModel(initModel(spec));
    const bias = (layer: number): string => `params/encoder/layers_${layer}/norm/bias`;
    const without = (...layers: number[]): TensorFile => {
      const dropped = new Set(layers.map(bias));
      return {
        tensors: new Map([...file.tensors].filter(([name]) => !dropped.has(name))),
        metadata: file.metadata,
      };
    };
    const model = modelFromTensors(without(0, 1), 'm');
    expect(model).toEqual(initModel({ ...spec, normBias: false }));
    expect(model.layers[1]?.norm.bias).toEqual(new Float64Array(4));
    expect([...tensorsFromModel(model).tensors.keys()].join()).not.toContain('norm/bias');
    expect(modelFromTensors(file, 'm').shape.normBias).toBe(true);
    expect(read(without(1))).toContain(`m: ${bias(1)}  E_CHECKPOINT_TENSOR`);
    expect(read(changed({ drop: bias(0) }))).toContain('The tensor is missing.');
  });

  test('the functions that a network was trained with', () => {
    const { shape } = modelFromTensors(meta({ gelu: 'q_gelu', sigmoid: 'hard' }), 'm');
    expect([shape.gelu, shape.sigmoid]).toEqual(['q_gelu', 'hard']);
  });

  test('clip_eigs holds poles off the imaginary axis', () => {
    const file = changed({ set: ['params/encoder/layers_0/seq/Lambda_re', [3], 0.25] });
    const clipped = { ...file, metadata: { ...file.metadata, clip_eigs: 'true' } };
    expect(modelFromTensors(clipped, 'm').layers[0]?.ssm.lambdaRe).toEqual(
      Float64Array.of(-1e-4, -1e-4, -1e-4),
    );
    expect(modelFromTensors(file, 'm').layers[0]?.ssm.lambdaRe[0]).toBe(0.25);
  });
});

describe('metadata', () => {
  test('values that are none of the key', () => {
    expect(read(meta({ activation: 'relu' }))).toMatchInlineSnapshot(`
      "m  E_CHECKPOINT_FORMAT
        The metadata has activation "relu"; it can be gelu, full_glu, half_glu1 or half_glu2.
        hint: write the value that the network was trained with; qs5 builds these alone."
    `);
    expect(read(meta({ norm_eps: '-1' }))).toMatchInlineSnapshot(`
      "m  E_CHECKPOINT_FORMAT
        The metadata has norm_eps "-1"; it can be a number above 0, up to 1.
        hint: write the value that the network was trained with; qs5 builds these alone."
    `);
    expect(read(meta({ norm_eps: 'small' }))).toContain('norm_eps "small"');
    expect(read(meta({ prenorm: 'yes' }))).toMatchInlineSnapshot(`
      "m  E_CHECKPOINT_FORMAT
        The metadata has prenorm "yes"; it can be true or false.
        hint: write the value that the network was trained with; qs5 builds these alone."
    `);
    expect(read(meta({ gelu: 'exact' }))).toContain('gelu "exact"');
    expect(read(meta({ architecture: 'mamba' }))).toMatchInlineSnapshot(`
      "m  E_CHECKPOINT_FORMAT
        The metadata has architecture "mamba"; it can be s5.
        hint: qs5 builds S5 alone."
    `);
    for (const key of [
      'norm',
      'sigmoid',
      'conj_sym',
      'bidirectional',
      'discretization',
      'pooling',
    ]) {
      expect(read(meta({ [key]: 'other' }))).toContain(
        `The metadata has ${key} "other"; it can be `,
      );
    }
  });

  test('that does not fit the tensors', () => {
    expect(read(meta({ activation: 'gelu' }))).toMatchInlineSnapshot(`
      "m: params/encoder/layers_0/out2/kernel  E_CHECKPOINT_TENSOR
        The tensor is not part of this model (and 3 more).
        hint: store params and batch_stats only, without optimiser state; the network is taken to have activation gelu (metadata), norm batch (metadata), bidirectional false (metadata); model: { ... } in the config can state other choices."
    `);
    expect(read(meta({ activation: 'full_glu' }))).toMatchInlineSnapshot(`
      "m: params/encoder/layers_0/out1/kernel  E_CHECKPOINT_TENSOR
        The tensor is missing.
        hint: the network is taken to have activation full_glu (metadata), norm batch (metadata), bidirectional false (metadata); model: { ... } in the config can state other choices."
    `);
    expect(read(meta({ bidirectional: 'true' }))).toMatchInlineSnapshot(`
      "m: params/encoder/layers_0/seq/C  E_CHECKPOINT_TENSOR
        Expected shape [4, 6, 2], found [4, 3, 2].
        hint: sizes come from the encoder, the decoder and layer 0; the network is taken to have activation half_glu1 (metadata), norm batch (metadata), bidirectional true (metadata); model: { ... } in the config can state other choices."
    `);
    expect(read(meta({ norm: 'layer' }))).toContain('layers_0/norm/mean  E_CHECKPOINT_TENSOR');
  });
});

describe('tensors', () => {
  const layer = 'params/encoder/layers_1';

  test('missing', () => {
    expect(read(changed({ drop: `${layer}/out2/kernel` }))).toMatchInlineSnapshot(`
      "m: params/encoder/layers_1/out2/kernel  E_CHECKPOINT_TENSOR
        The tensor is missing.
        hint: the network is taken to have activation half_glu1 (metadata), norm batch (metadata), bidirectional false (metadata); model: { ... } in the config can state other choices."
    `);
    expect(read(changed({ rename: [`${layer}/seq/log_step`, `${layer}/seq/log_steps`] })))
      .toMatchInlineSnapshot(`
        "m: params/encoder/layers_1/seq/log_step  E_CHECKPOINT_TENSOR
          The tensor is missing.
          hint: is it "params/encoder/layers_1/seq/log_steps"? the network is taken to have activation half_glu1 (metadata), norm batch (metadata), bidirectional false (metadata); model: { ... } in the config can state other choices."
      `);
    expect(read({ tensors: new Map(), metadata: {} })).toMatchInlineSnapshot(`
      "m: params/encoder/encoder/kernel  E_CHECKPOINT_TENSOR
        The tensor is missing.
        hint: the network is taken to have activation half_glu1 (default), norm batch (default), bidirectional false (default); model: { ... } in the config can state other choices."
    `);
  });

  test('that are not of the model', () => {
    expect(read(changed({ set: ['opt_state/mu', [2], 0] }))).toMatchInlineSnapshot(`
      "m: opt_state/mu  E_CHECKPOINT_TENSOR
        The tensor is not part of this model.
        hint: store params and batch_stats only, without optimiser state; the network is taken to have activation half_glu1 (metadata), norm batch (metadata), bidirectional false (metadata); model: { ... } in the config can state other choices."
    `);
    const far = 'params/encoder/layers_999999999/seq/D';
    expect(read(changed({ set: [far, [4], 0] }))).toContain('E_CHECKPOINT_TENSOR');
  });

  test('of the wrong shape', () => {
    expect(read(changed({ set: [`${layer}/seq/B`, [3, 5, 2], 0] }))).toMatchInlineSnapshot(`
      "m: params/encoder/layers_1/seq/B  E_CHECKPOINT_TENSOR
        Expected shape [3, 4, 2], found [3, 5, 2].
        hint: sizes come from the encoder, the decoder and layer 0; the network is taken to have activation half_glu1 (metadata), norm batch (metadata), bidirectional false (metadata); model: { ... } in the config can state other choices."
    `);
    expect(read(changed({ set: [`${layer}/seq/log_step`, [3], 0] }))).toContain(
      'Expected shape [3, 1], found [3].',
    );
    expect(read(changed({ set: ['params/encoder/encoder/kernel', [4], 0] })))
      .toMatchInlineSnapshot(`
      "m: params/encoder/encoder/kernel  E_CHECKPOINT_TENSOR
        Expected shape [inputs, H], each at least 1, found [4].
        hint: export the parameters with the axes that flax gives them."
    `);
    expect(read(changed({ set: ['params/decoder/kernel', [4, 0], 0] }))).toContain('at least 1');
  });

  test('out of range', () => {
    const statistics = 'batch_stats/encoder/layers_1/norm/var';
    expect(read(changed({ set: [statistics, [4], -1] }))).toMatchInlineSnapshot(`
      "m: batch_stats/encoder/layers_1/norm/var  E_CHECKPOINT_TENSOR
        The value at [0] is -1; a variance is never below 0.
        hint: export batch_stats as flax keeps them: the variance, not a logarithm or an inverse."
    `);
    expect(read(changed({ set: [`${layer}/seq/log_step`, [3, 1], 800] }))).toMatchInlineSnapshot(`
      "m: params/encoder/layers_1/seq/log_step  E_CHECKPOINT_TENSOR
        The value at [0, 0] is 800, whose exponential is not a valid time step.
        hint: log_step is a natural logarithm; trained values are between about -10 and 0."
    `);
  });

  test('in a file that is not there', async () => {
    expect(await rejected(loadModel('/nowhere/m.safetensors', 'm'))).toMatchInlineSnapshot(`
      "m  E_FILE
        The checkpoint cannot be read: ENOENT: no such file or directory, open '/nowhere/m.safetensors'.
        hint: check the path; it is taken relative to the file that names it."
    `);
  });
});
