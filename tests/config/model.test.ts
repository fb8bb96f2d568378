import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../src/float/checkpoint/write_safetensors.js';
import { parseConfig } from '../../src/config/load.js';
import { loadFloatModel } from '../../src/design/load_model.js';
import { initModel } from '../../src/float/s5/init.js';
import { tensorsFromModel } from '../../src/float/s5/to_checkpoint.js';
import { cli } from '../cli/in_process.js';
import { rejected } from '../checkpoint/caught.js';
import { TINY } from '../s5/specs.js';
import { SMALL } from './small.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qs5-model-'));
  const { tensors } = tensorsFromModel(initModel({ ...TINY, inputs: 1, outputs: 2 }));
  const write = async (name: string, metadata: Record<string, string>) =>
    writeFile(join(folder, name), writeSafetensors(tensors.values(), metadata, 'F32'));
  await write('bare.safetensors', {});
  await write('renamed.safetensors', { activation_fn: 'half_glu2', mode: 'last', author: 'me' });
  await write('slip.safetensors', { pool: 'last' });
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const text = (model: string, more = '') =>
  `${SMALL.replace(/ {2}init.*/, `  ${model}`).replace('{ ssm_core: 0 }', 'network')}${more}`;
const load = (model: string, more = '') =>
  loadFloatModel(parseConfig(text(model, more), join(folder, 'c.yaml')));

describe('model: in a config', () => {
  it('states the architecture of a checkpoint', async () => {
    const stated = `checkpoint: bare.safetensors
  activation: half_glu2
  gelu: erf
  sigmoid: hard
  norm: batch
  norm_eps: 0.001
  prenorm: false
  conj_sym: false
  bidirectional: false
  discretization: bilinear
  pooling: none
  step_rescale: 0.5
  clip_eigs: true
  bandlimit: 0.5`;
    const { shape, layers } = await load(stated);
    expect(shape).toMatchObject({
      ...{ activation: 'half_glu2', gelu: 'erf', sigmoid: 'hard', norm: 'batch', normEps: 0.001 },
      ...{ prenorm: false, conjSym: false, bidirectional: false, discretization: 'bilinear' },
      ...{ pooling: 'none' },
    });
    const plain = await load('checkpoint: bare.safetensors');
    expect(plain.shape).toMatchObject({ activation: 'half_glu1', pooling: 'mean', gelu: 'exact' });
    layers.forEach(({ ssm }, n) => {
      const { logStep = new Float64Array() } = plain.layers[n]?.ssm ?? {};
      ssm.logStep.forEach((log, p) => {
        expect(Math.exp(log)).toBeCloseTo(Math.exp(logStep[p] ?? NaN) / 2, 12);
      });
    });
  });

  it('must not contradict the metadata', async () => {
    const model = `checkpoint: renamed.safetensors\n  pooling: mean\n  activation: gelu`;
    const { exitCode, stderr, stdout } = await plan(model, '--json');
    expect([exitCode, stderr.replaceAll(folder, '.')]).toMatchInlineSnapshot(`
      [
        1,
        "./c.yaml:5:15  E_CONFIG_COMBINATION  model.activation
        The config says activation gelu; the metadata of renamed.safetensors says half_glu2 (activation_fn).
        hint: leave the key out of the config, or correct the metadata.
      ./c.yaml:4:12  E_CONFIG_COMBINATION  model.pooling
        The config says pooling mean; the metadata of renamed.safetensors says last (mode).
        hint: leave the key out of the config, or correct the metadata.
      ",
      ]
    `);
    const { error } = JSON.parse(stdout) as { error: { others: { path: string }[] } };
    expect(error).toMatchObject({ code: 'E_CONFIG_COMBINATION', path: 'model.activation' });
    expect(error.others.map(({ path }) => path)).toEqual(['model.pooling']);
  });

  it('is part of what a stored network was made from', async () => {
    const [config, network] = [join(folder, 'stored.yaml'), join(folder, 'net.safetensors')];
    await writeFile(config, text('checkpoint: bare.safetensors\n  gelu: erf'));
    expect((await cli(['quantize', config, '-o', network])).exitCode).toBe(0);
    expect((await cli(['plan', config, '--network', network])).exitCode).toBe(0);
    await writeFile(config, text('checkpoint: bare.safetensors\n  gelu: tanh'));
    const { exitCode, stderr } = await cli(['plan', config, '--network', network]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /E_NETWORK {2}model\n {2}The file of the network was made from another model/,
    );
  });

  it('settles a key of the metadata that is a slip', async () => {
    expect(await rejected(load('checkpoint: slip.safetensors'))).toContain('pooling is probably');
    const { shape } = await load('checkpoint: slip.safetensors\n  pooling: last');
    expect(shape.pooling).toBe('last');
  });

  it('has in init what a checkpoint may have', async () => {
    const init = (more: string) =>
      load(`init: { layers: 1, features: 4, state_size: 3, inputs: 1, outputs: 2${more} }`);
    const changed = await init(', gelu: erf, sigmoid: hard, norm_eps: 0.01, step_rescale: 2');
    expect(changed.shape).toMatchObject({ gelu: 'erf', sigmoid: 'hard', normEps: 0.01 });
    const plain = await init('');
    const logs = (model: typeof plain) => [...(model.layers[0]?.ssm.logStep ?? [])];
    logs(changed).forEach((log, p) => {
      expect(log - (logs(plain)[p] ?? NaN)).toBeCloseTo(Math.LN2, 12);
    });
  });

  it('functions replace the GELU; exact keeps the form that was trained', async () => {
    const gelu = async (stated: string, wanted: string) => {
      const model = `checkpoint: bare.safetensors\n  gelu: ${stated}`;
      return (await load(model, `functions: { gelu: ${wanted} }\n`)).shape.gelu;
    };
    expect(await gelu('erf', 'exact')).toBe('erf');
    expect(await gelu('tanh', 'exact')).toBe('exact');
    expect(await gelu('q_gelu', 'exact')).toBe('exact');
    expect(await gelu('erf', 'tanh')).toBe('exact');
    expect(await gelu('tanh', 'erf')).toBe('erf');
    expect(await gelu('erf', 'q_gelu')).toBe('q_gelu');
  });
});

const plan = async (model: string, ...more: readonly string[]) => {
  const config = join(folder, 'c.yaml');
  await writeFile(config, text(model));
  return cli(['plan', config, ...more]);
};

describe('commands say how they understand a checkpoint', () => {
  it('on stderr where something is assumed', async () => {
    const bare = await plan('checkpoint: bare.safetensors');
    expect([bare.exitCode, bare.stderr]).toMatchInlineSnapshot(`
      [
        0,
        "bare.safetensors: the metadata lack part of the architecture.
        assumed defaults of S5 and flax: activation half_glu1, gelu tanh, norm batch, norm_eps 0.00001, prenorm true, conj_sym true, bidirectional false, discretization zoh, pooling mean
        hint: state these keys in the config next to checkpoint, for example "activation: half_glu1".
      ",
      ]
    `);
    const renamed = await plan('checkpoint: renamed.safetensors');
    expect(renamed.stderr).toContain(
      '\n  read: activation half_glu2 (from activation_fn), pooling last (from mode)\n  ignored: author\n',
    );
    const half = await plan(`checkpoint: bare.safetensors
  activation: half_glu1
  gelu: tanh
  norm: batch
  norm_eps: 0.001
  prenorm: true`);
    expect(half.stderr).toContain(
      'flax: conj_sym true, bidirectional false, discretization zoh, pooling mean\n',
    );
  });

  it('and in JSON, whole', async () => {
    const { stdout, stderr } = await plan(
      'checkpoint: renamed.safetensors\n  norm: batch',
      '--json',
    );
    expect(stderr).toBe('');
    const { models } = JSON.parse(stdout) as { models: unknown[] };
    expect(models).toMatchObject([
      {
        checkpoint: 'renamed.safetensors',
        architecture: {
          activation: { value: 'half_glu2', from: 'metadata', as: 'activation_fn' },
          norm: { value: 'batch', from: 'config' },
          pooling: { value: 'last', from: 'metadata', as: 'mode' },
          prenorm: { value: true, from: 'default' },
          bandlimit: { value: null, from: 'default' },
        },
        assumed: ['gelu', 'norm_eps', 'prenorm', 'conj_sym', 'bidirectional', 'discretization'],
        ignored: ['author'],
      },
    ]);
  });

  it('but not where all is stated, nor of an initialisation', async () => {
    const shipped = await cli(['plan', 'configs/smnist-ssm.yaml']);
    expect([shipped.exitCode, shipped.stderr]).toEqual([0, '']);
    const made = await plan(
      'init: { layers: 1, features: 4, state_size: 3, inputs: 1, outputs: 2 }',
      '--json',
    );
    expect(JSON.parse(made.stdout)).not.toHaveProperty('models');
  });
});
