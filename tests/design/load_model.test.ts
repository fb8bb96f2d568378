import { describe, expect, it } from 'vitest';
import { parseConfig, type LoadedConfig } from '../../src/config/load.js';
import { indicesOf } from '../../src/float/dataset/one_hot.js';
import { loadDatasets, loadFloatModel, maxLength } from '../../src/design/load_model.js';
import { SMALL } from '../config/small.js';
import { rejected } from '../checkpoint/caught.js';

const CHECKPOINT = SMALL.replace(
  / {2}init.*/,
  '  checkpoint: models/smnist-s5-2x32x16.safetensors',
);
const load = (text: string): LoadedConfig => parseConfig(text, 'small.yaml');
const datasets = async (text: string) => loadDatasets(load(text), await loadFloatModel(load(text)));

describe('the float model', () => {
  it('has the functions of the config, else those of the checkpoint, else the exact ones', async () => {
    for (const text of [SMALL, CHECKPOINT]) {
      const { shape } = await loadFloatModel(load(text));
      expect([shape.gelu, shape.sigmoid]).toEqual(['exact', 'exact']);
      const changed = await loadFloatModel(load(`${text}functions: { gelu: q_gelu }\n`));
      expect([changed.shape.gelu, changed.shape.sigmoid]).toEqual(['q_gelu', 'exact']);
      const hard = await loadFloatModel(load(`${text}functions: { sigmoid: hard }\n`));
      expect(hard.shape).toEqual({ ...shape, sigmoid: 'hard' });
    }
  });

  it('has layer norms with a bias or without', async () => {
    const init = (more: string) =>
      loadFloatModel(load(SMALL.replace('outputs: 2', `outputs: 2, norm: layer${more}`)));
    expect((await init('')).shape).toMatchObject({ normBias: true, normEps: 1e-6 });
    expect((await init(', norm_bias: false')).shape.normBias).toBe(false);
  });
});

describe('the datasets', () => {
  it('are indices where the input is one', async () => {
    const text = SMALL.replace('inputs: 1', 'inputs: 5');
    const { calibration, test } = await datasets(`${text}input: one_hot\n`);
    expect(indicesOf(calibration.sequence(0), 5)).toHaveLength(16);
    expect(new Set(indicesOf(test.sequence(3), 5)).size).toBeGreaterThan(2);
  });

  it('are no longer than the longest sequence', async () => {
    expect(maxLength(load(SMALL).config, (await datasets(SMALL)).test)).toBe(16);
    const longer = `${SMALL}max_length: 99\n`;
    expect(maxLength(load(longer).config, (await datasets(longer)).test)).toBe(99);
    await datasets(`${SMALL}max_length: 16\n`);
    expect(await rejected(datasets(`${SMALL}max_length: 15\n`))).toMatchInlineSnapshot(`
      "E_CONFIG_COMBINATION  max_length
        The test sequences have 16 steps, more than max_length.
        hint: use max_length: 16 or more, or shorter test data."
    `);
  });
});
