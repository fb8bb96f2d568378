import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/config/json_schema.js';
import type { JsonSchema } from '../../src/config/json_schema.js';
import { layerSettings } from '../../src/config/layer.js';
import { parseConfig } from '../../src/config/load.js';
import { SMALL } from './small.js';

describe('parseConfig', () => {
  it('fills in the defaults', () => {
    const { config } = parseConfig(SMALL, 'a/small.yaml');
    expect(config).toMatchObject({
      model: { init: { scheme: 'hippo', seed: 1, blocks: 1, norm: 'batch', dt_max: 0.1 } },
      calibration: { margin: 1 },
      rounding: { loop: 'half_even', requantize: 'half_even' },
      scales: {
        kind: 'real',
        weights: 'per_channel',
        balanced_states: true,
        multiplier_bits: 16,
      },
      layers: [],
      folding: 'auto',
      input: 'values',
      functions: {},
    });
    expect(config).not.toHaveProperty('target');
    expect(config).not.toHaveProperty('max_length');
  });

  it('fills in the engines that a folding leaves out', () => {
    const text = `${SMALL}folding: { b: { pe: 2, simd: 4 }, recurrence: { lanes: 2 } }\n`;
    expect(parseConfig(text, 'x').config.folding).toEqual({
      input: 'auto',
      encoder: 'auto',
      b: { pe: 2, simd: 4 },
      recurrence: { lanes: 2, multipliers: 4 },
      c: 'auto',
      gate: 'auto',
      decoder: 'auto',
      output: 'auto',
    });
  });

  it('takes both forms of a target', () => {
    const target = (text: string) => parseConfig(`${SMALL}target: ${text}\n`, 'x').config.target;
    expect(target('{ interval: 64 }')).toEqual({ interval: 64 });
    const rate = { steps_per_second: 1e6, clock_mhz: 100 };
    expect(target('{ steps_per_second: 1e6, clock_mhz: 100 }')).toEqual(rate);
  });

  it('takes functions, the kind of input and a longest sequence', () => {
    const text = `${SMALL}functions: { sigmoid: hard }\ninput: one_hot\nmax_length: 2048\n`;
    expect(parseConfig(text, 'x').config).toMatchObject({
      functions: { sigmoid: 'hard' },
      input: 'one_hot',
      max_length: 2048,
    });
  });

  it('takes files and anchors', () => {
    const text = SMALL.replace(
      / {2}synthetic.*/,
      '  idx: { calibration: &a { images: i }, test: *a }',
    );
    expect(parseConfig(text, 'x').config.data).toEqual({
      idx: { calibration: { images: 'i' }, test: { images: 'i' } },
    });
  });

  it('has an absolute folder for relative paths', () => {
    const { file, dir, text } = parseConfig(SMALL, 'a/small.yaml');
    expect({ file, text }).toEqual({ file: 'a/small.yaml', text: SMALL });
    expect(dir).toBe(`${process.cwd()}/a`);
  });

  it.each([
    ['__proto__: { name: x }', 'E_CONFIG_UNKNOWN_KEY'],
    ['constructor: 1', 'E_CONFIG_UNKNOWN_KEY'],
    ['1: 2', 'E_CONFIG_UNKNOWN_KEY'],
    ['? [a]\n: 2', 'E_CONFIG_UNKNOWN_KEY'],
    ['x: !foo 1', 'E_CONFIG_SYNTAX'],
    [`x: ${'['.repeat(20000)}`, 'E_CONFIG_SYNTAX'],
  ])('refuses %.30s', (line, code) => {
    expect(() => parseConfig(`${SMALL}${line}\n`, 'x')).toThrow(expect.objectContaining({ code }));
  });
});

describe('layerSettings', () => {
  const { config } = parseConfig(
    `${SMALL}layers: [{ layer: 1, precision: { a: 6 }, lambda_form: delta, rounding: { loop: half_up } }]\n`,
    'x',
  );

  it('gives the settings of the network where there is no override', () => {
    const { precision, lambda_form, rounding } = config;
    expect(layerSettings(config, 0)).toEqual({ precision, lambda_form, rounding });
  });

  it('changes only what the override names', () => {
    expect(layerSettings(config, 1)).toEqual({
      precision: { ...config.precision, a: 6 },
      lambda_form: 'delta',
      rounding: { loop: 'half_up', requantize: 'half_even' },
    });
  });
});

describe('the JSON Schema', () => {
  it('describes every field', () => {
    const bare: string[] = [];
    const visit = (node: JsonSchema | boolean, path: string): void => {
      if (typeof node === 'boolean') return;
      for (const [key, child] of Object.entries(node.properties ?? {})) {
        const at = `${path}.${key}`;
        if (typeof child === 'object' && child.description === undefined) bare.push(at);
        visit(child, at);
      }
      for (const child of node.anyOf ?? []) visit(child, path);
      if (node.items && !Array.isArray(node.items)) visit(node.items, `${path}[]`);
    };
    visit(configJsonSchema(), '');
    expect(bare).toEqual([]);
  });

  it('requires only what has no default', () => {
    expect(configJsonSchema().required).toEqual([
      'name',
      'model',
      'scope',
      'data',
      'calibration',
      'precision',
      'lambda_form',
      'device',
    ]);
  });
});
