import { describe, expect, it } from 'vitest';
import type { TensorFile } from '../../src/float/checkpoint/safetensors.js';
import { syntheticDataset } from '../../src/float/dataset/synthetic.js';
import { Qs5Error } from '../../src/base/errors.js';
import { ARCHITECTURE_KEYS, type Stated } from '../../src/float/s5/architecture.js';
import { forward, prepare } from '../../src/float/s5/forward.js';
import { modelFromTensors } from '../../src/float/s5/from_checkpoint.js';
import { initModel } from '../../src/float/s5/init.js';
import { guessedKeys, readArchitecture } from '../../src/float/s5/metadata.js';
import type { S5Model } from '../../src/float/s5/model.js';
import { tensorsFromModel } from '../../src/float/s5/to_checkpoint.js';
import { caught } from '../checkpoint/caught.js';
import { TINY } from './specs.js';

const plain = initModel({ ...TINY, activation: 'gelu' });
const bare: TensorFile = { ...tensorsFromModel(plain), metadata: {} };

/** The plain model with other metadata; a GELU, as no dense map has to be there. */
const withMetadata = (metadata: Record<string, string>, stated: Stated = {}): S5Model =>
  modelFromTensors({ ...bare, metadata: { activation: 'gelu', ...metadata } }, 'm', stated);
const problem = (metadata: Record<string, string>, stated: Stated = {}): string =>
  caught(() => readArchitecture(metadata, 'm', stated));

describe("S5's own names in the metadata", () => {
  it('are read as the keys that they are', () => {
    const { architecture, facts } = readArchitecture(
      { activation_fn: 'half_glu2', mode: 'last', batchnorm: 'False', prenorm: 'True' },
      'm',
    );
    expect(architecture).toMatchObject({
      ...{ activation: 'half_glu2', pooling: 'last', norm: 'layer', norm_eps: 1e-6, prenorm: true },
    });
    expect(facts.pooling).toEqual({ value: 'last', from: 'metadata', as: 'mode' });
    expect(facts.prenorm).toEqual({ value: true, from: 'metadata' });
    const quantized = readArchitecture({ qgelu_approx: 'true', hard_sigmoid: 'true' }, 'm');
    expect(quantized.architecture).toMatchObject({ gelu: 'q_gelu', sigmoid: 'hard' });
    expect(readArchitecture({ mode: 'pool' }, 'm').architecture.pooling).toBe('mean');
    const { facts: none } = readArchitecture({ qgelu_approx: 'false' }, 'm');
    expect(none.gelu).toEqual({ value: 'tanh', from: 'default' });
  });

  it('have their own values', () => {
    expect(problem({ mode: 'mean' })).toMatchInlineSnapshot(`
      "m  E_CHECKPOINT_FORMAT
        The metadata has mode "mean"; it can be pool or last.
        hint: write the value that the network was trained with; qs5 builds these alone."
    `);
    expect(problem({ activation_fn: 'relu' })).toContain('it can be gelu, full_glu, half_glu1 or');
    expect(problem({ batchnorm: '1' })).toContain('it can be true or false');
  });

  it('must not disagree with each other', () => {
    expect(problem({ pooling: 'mean', mode: 'last' })).toMatchInlineSnapshot(`
      "m  E_CHECKPOINT_FORMAT
        The metadata has pooling, which says pooling mean, and mode, which says last.
        hint: keep the one that is true."
    `);
    expect(() => readArchitecture({ pooling: 'last', mode: 'last' }, 'm')).not.toThrow();
  });

  it('of sizes are held against the tensors', () => {
    const sizes = { n_layers: '2', d_model: '4', ssm_size_base: '6', d_output: '3' };
    expect(withMetadata(sizes).shape.layers).toBe(2);
    for (const key of Object.keys(sizes)) {
      expect(caught(() => withMetadata({ [key]: '5' }))).toContain(
        `m  E_CHECKPOINT_FORMAT\n  The metadata has ${key} 5; the tensors have `,
      );
    }
    // Without conjugate symmetry all states are stored.
    expect(caught(() => withMetadata({ ...sizes, conj_sym: 'false' }))).toContain(
      'ssm_size_base 6',
    );
  });

  it('of what is not built are refused', () => {
    expect(problem({ liquid: 'true' })).toMatchInlineSnapshot(`
      "m  E_CHECKPOINT_FORMAT
        The metadata has liquid "true".
        hint: a liquid S5 has an input in its poles, which qs5 does not build."
    `);
    expect(problem({ padded: 'True' })).toContain('E_CHECKPOINT_FORMAT');
    expect(() => readArchitecture({ liquid: 'false', padded: 'False' }, 'm')).not.toThrow();
  });
});

describe('options that S5 applies on use', () => {
  const sequence = syntheticDataset({ seed: 1, count: 1, length: 20, inputs: 2 }).sequence(0);
  const run = (model: S5Model, stepRescale = 1) => [
    ...forward(prepare(model, stepRescale), sequence, 20),
  ];

  it('step_rescale is a factor on every time step', () => {
    const half = run(withMetadata({ step_rescale: '0.5' }));
    expect(half).not.toEqual(run(plain));
    run(plain, 0.5).forEach((value, i) => {
      expect(half[i]).toBeCloseTo(value, 12);
    });
    expect(run(withMetadata({}, { step_rescale: 0.5 }))).toEqual(half);
    for (const none of ['1.0', 'None']) {
      expect(withMetadata({ step_rescale: none })).toEqual(plain);
    }
  });

  it('bandlimit leaves out fast states', () => {
    const { lambdaIm, logStep } = plain.layers[0]?.ssm ?? { lambdaIm: [], logStep: [] };
    const cycles = Array.from(
      lambdaIm,
      (im, p) => (Math.exp(logStep[p] ?? NaN) * Math.abs(im)) / (2 * Math.PI),
    );
    const [slow = NaN, , fast = NaN] = cycles.toSorted((a, b) => a - b);
    const limit = slow + fast;
    const limited = withMetadata({ bandlimit: String(limit) });
    const read = Array.from({ length: 4 * 3 }, (_, i) => [
      ...(limited.layers[0]?.ssm.c.slice(2 * i, 2 * i + 2) ?? []),
    ]);
    read.forEach((pair, i) => {
      const kept = (cycles[i % 3] ?? NaN) < limit / 2;
      expect(pair.every((part) => part === 0)).toBe(!kept);
    });
    expect(read.some((pair) => pair[0] === 0)).toBe(true);
    expect(withMetadata({ bandlimit: 'None' })).toEqual(plain);
    expect(withMetadata({ bandlimit: '1000' })).toEqual(plain);
  });

  it('the GELU with the error function is one to choose', () => {
    expect(withMetadata({ gelu: 'erf' }).shape.gelu).toBe('erf');
    expect(withMetadata({}, { gelu: 'erf' }).shape.gelu).toBe('erf');
    expect(problem({ gelu: 'exact' })).toMatchInlineSnapshot(`
      "m  E_CHECKPOINT_FORMAT
        The metadata has gelu "exact"; it can be tanh, erf or q_gelu.
        hint: write tanh for the tanh approximation, the default of JAX and flax, or erf for the error function, the default of PyTorch."
    `);
    expect(problem({ gelu: 'none' })).not.toContain('leave');
  });
});

describe('keys that nobody knows', () => {
  it.each([
    ['pool', 'pooling'],
    ['pooling_mode', 'pooling'],
    ['poling', 'pooling'],
    ['activations', 'activation'],
    ['activationFn', 'activation'],
    ['act', 'activation'],
    ['model.activation', 'activation'],
    ['Norm', 'norm'],
    ['normalization', 'norm'],
    ['layernorm', 'norm'],
    ['layer_norm_eps', 'norm_eps'],
    ['pre_norm', 'prenorm'],
    ['bidir', 'bidirectional'],
    ['bi-directional', 'bidirectional'],
    ['discretisation', 'discretization'],
    ['conjsym', 'conj_sym'],
    ['step_scale', 'step_rescale'],
    ['clip_eig', 'clip_eigs'],
    ['approximate', 'gelu'],
  ])('%s is probably %s', (name, key) => {
    expect(problem({ [name]: 'x' })).toContain(
      `m  E_CHECKPOINT_FORMAT\n  The metadata has the key ${name}, which qs5 does not know; ${key} is probably meant.`,
    );
  });

  it('are settled by the config', () => {
    expect(problem({ pool: 'last' })).toMatchInlineSnapshot(`
      "m  E_CHECKPOINT_FORMAT
        The metadata has the key pool, which qs5 does not know; pooling is probably meant.
        hint: call it pooling, mean, last or none, or state pooling in the config: model: { pooling: ... }."
    `);
    const { facts, ignored } = readArchitecture({ pool: 'last' }, 'm', { pooling: 'last' });
    expect(facts.pooling).toEqual({ value: 'last', from: 'config' });
    expect(ignored).toEqual(['pool']);
  });

  it('are ignored when they are about other things', () => {
    const foreign = [
      ...['format', 'author', 'description', 'license', 'version', 'dataset', 'task', 'input'],
      ...['framework', 'date', 'train_loss', 'accuracy', 'model', 'epoch', 'epochs', 'step'],
      ...['steps', 'optimizer', 'precision', 'commit', 'seed', 'notes', 'citation', 'training'],
      ...['location', 'duration', 'language', 'revision', 'dtype', 'name', 'title', 'bits', 'lr'],
      ...['C_init', 'blocks', 'dt_min', 'dt_max', 'bn_momentum', 'bsz', 'ssm_lr_base', 'jax_seed'],
      ...['lr_factor', 'dt_global', 'cosine_anneal', 'p_dropout', 'weight_decay', 'opt_config'],
      ...['wandb_project', 'dir_name', 'warmup_end', 'a_bits', 'non_ssm_act_bits', 'sampling'],
    ];
    const metadata = Object.fromEntries(foreign.map((key) => [key, 'x']));
    expect(readArchitecture(metadata, 'm').ignored).toEqual(foreign);
  });
});

describe('config and metadata', () => {
  it('state the architecture together', () => {
    const { architecture, facts } = readArchitecture({ activation: 'gelu' }, 'm', {
      ...{ norm: 'layer', pooling: 'none', activation: 'gelu', norm_eps: undefined },
    });
    expect(architecture).toMatchObject({ activation: 'gelu', norm: 'layer', pooling: 'none' });
    expect([facts.activation.from, facts.norm.from]).toEqual(['metadata', 'config']);
    // The epsilon of the norm follows it.
    expect(facts.norm_eps).toEqual({ value: 1e-6, from: 'default' });
    expect(guessedKeys({ facts })).not.toContain('norm');
    expect(guessedKeys({ facts })).toContain('discretization');
  });

  it('must not contradict each other; all contradictions are reported', () => {
    const metadata = { pooling: 'last', mode: 'last', gelu: 'tanh', norm_eps: '1e-5' };
    const stated = { pooling: 'mean', gelu: 'erf', norm_eps: 1e-5 } as const;
    const error = (() => {
      try {
        return readArchitecture(metadata, 'm', stated);
      } catch (caughtError) {
        return caughtError;
      }
    })();
    if (!(error instanceof Qs5Error)) throw new Error('no error');
    expect(error.details.path).toEqual(['model', 'pooling']);
    expect(error.format()).toMatchInlineSnapshot(`
      "E_CONFIG_COMBINATION  model.pooling
        The config says pooling mean; the metadata of m says last.
        hint: leave the key out of the config, or correct the metadata.
      E_CONFIG_COMBINATION  model.gelu
        The config says gelu erf; the metadata of m says tanh.
        hint: leave the key out of the config, or correct the metadata."
    `);
  });

  it('leave nothing unsaid in a file that qs5 writes', () => {
    const { facts } = readArchitecture(tensorsFromModel(plain).metadata, 'm');
    expect(guessedKeys({ facts })).toEqual([]);
    expect(guessedKeys(readArchitecture({}, 'm')).length).toBe(9);
    expect(Object.keys(facts)).toEqual(ARCHITECTURE_KEYS);
  });
});
