import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import type { Dataset } from '../../src/float/dataset/dataset.js';
import { syntheticDataset } from '../../src/float/dataset/synthetic.js';
import { loadFloatModel } from '../../src/design/load_model.js';
import { openCase, randomQualityCase } from '../../src/prove/fuzz/quality/case.js';
import { measureQuality } from '../../src/prove/fuzz/quality/measure.js';
import { nodeById } from '../../src/network/types.js';
import type { S5Layer, S5Model } from '../../src/float/s5/model.js';

const decibels = (a: number, b: number) => 10 * Math.log10(a / b);

const TEXT = `
name: small
model: { init: { seed: 5, layers: 1, features: 6, state_size: 4, inputs: 2, outputs: 3, activation: half_glu1, pooling: mean } }
scope: network
data: { synthetic: { seed: 1, length: 64 } }
calibration: { sequences: 4, method: abs_max }
precision: { a: 12, b: 12, c: 12, d: 12, non_ssm: 12, ssm_act: 12, non_ssm_act: 12, state: 20, residual: 20 }
lambda_form: delta
device: xc7a35t
`;

const DATA: Dataset = syntheticDataset({ seed: 7, count: 4, length: 64, inputs: 2 });

async function small(text = TEXT): Promise<{ config: Config; model: S5Model }> {
  const loaded = parseConfig(text, 'small.yaml');
  return { config: loaded.config, model: await loadFloatModel(loaded) };
}

/** Signal to noise of the integer network of the small model, changed, dB. */
async function sqnr(
  change: (ssm: S5Layer['ssm']) => Partial<S5Layer['ssm']>,
  text = TEXT,
): Promise<number> {
  const { config, model } = await small(text);
  const layers = model.layers.map((layer) => ({
    ...layer,
    ssm: { ...layer.ssm, ...change(layer.ssm) },
  }));
  const { signal, noise, expected } = measureQuality(config, { ...model, layers }, DATA, 1);
  expect(decibels(expected, noise)).toBeGreaterThan(-12);
  return decibels(signal, noise);
}

const weakRow = (factor: number) => (ssm: S5Layer['ssm']) => ({
  c: ssm.c.map((v, i) => (i < ssm.c.length / 6 ? v * factor : v)),
});

describe('signal to noise of the integer network', () => {
  it.each([1e-4, 1e-12, 1e-60, 1e-305, 0])(
    'is the same with a row of C times %s',
    async (factor) => {
      const whole = await sqnr(() => ({}));
      expect(whole).toBeGreaterThan(45);
      expect(await sqnr(weakRow(factor))).toBeGreaterThan(whole - 6);
    },
  );

  it('is that of D alone where B, C or both are zero, and grows with the bits', async () => {
    const zero = (data: Float64Array) => data.map(() => 0);
    const short = TEXT.replaceAll(': 12', ': 8').replaceAll(': 20', ': 16');
    for (const change of [
      (ssm: S5Layer['ssm']) => ({ b: zero(ssm.b) }),
      (ssm: S5Layer['ssm']) => ({ c: zero(ssm.c) }),
      (ssm: S5Layer['ssm']) => ({ b: zero(ssm.b), c: zero(ssm.c) }),
    ]) {
      const wide = await sqnr(change);
      expect(wide).toBeGreaterThan(45);
      expect(wide).toBeGreaterThan((await sqnr(change, short)) + 10);
    }
  });

  it('does not fall with one huge element of D, or with D all zero', async () => {
    expect(
      await sqnr(({ d }) => ({ d: d.map((v, h) => (h === 2 ? 1000 * v : v)) })),
    ).toBeGreaterThan(45);
    expect(await sqnr(({ d }) => ({ d: d.map(() => 0) }))).toBeGreaterThan(45);
  });

  it('accepts states that hardly move in the whole sequence', async () => {
    expect(await sqnr(({ logStep }) => ({ logStep: logStep.map(() => -30) }))).toBeGreaterThan(45);
  });

  it('takes matrices of zeros anywhere', async () => {
    const { config, model } = await small();
    const zeros = (data: Float64Array) => data.map(() => 0);
    const dead = (dense: S5Model['encoder']) => ({ ...dense, kernel: zeros(dense.kernel) });
    const everything: S5Model = {
      ...model,
      encoder: dead(model.encoder),
      layers: model.layers.map((layer) => ({
        ...layer,
        ssm: { ...layer.ssm, b: zeros(layer.ssm.b), c: zeros(layer.ssm.c), d: zeros(layer.ssm.d) },
        ...(layer.out2 === undefined ? {} : { out2: dead(layer.out2) }),
      })),
      decoder: { ...dead(model.decoder), bias: Float64Array.of(0.5, -0.25, 0) },
    };
    const { signal, noise } = measureQuality(config, everything, DATA, 1);
    expect(decibels(signal, noise)).toBeGreaterThan(90);
  });
});

describe('the residual stream', () => {
  it('covers the branch: x + (-3 x) is -2 x, on the data that calibrate it', async () => {
    // gelu(y) is y for large y, and the branch is D u = -3 x behind an encoder that gives x >= 3.
    const text = TEXT.replace('half_glu1', 'gelu')
      .replace('inputs: 2', 'inputs: 1')
      .replace('features: 6', 'features: 1')
      .replace('state_size: 4', 'state_size: 1')
      .replace('outputs: 3', 'outputs: 1');
    const { config, model } = await small(text);
    const one = (value: number) => Float64Array.of(value);
    const changed: S5Model = {
      ...model,
      encoder: { ...model.encoder, kernel: one(-1), bias: one(0) },
      layers: model.layers.map((layer) => ({
        ...layer,
        ssm: { ...layer.ssm, c: layer.ssm.c.map(() => 0), d: one(-3) },
      })),
      decoder: { ...model.decoder, kernel: one(1), bias: one(0) },
    };
    const data: Dataset = {
      ...syntheticDataset({ seed: 7, count: 4, length: 64, inputs: 1 }),
      sequence: (i) => Float64Array.from({ length: 64 }, (_, k) => 3 + ((k + i) % 5)),
    };
    // x = -3 .. -7, y = 9 .. 21, the stream 6 .. 14.
    const { network, signal, noise } = measureQuality(config, changed, data, 1);
    const { format } = nodeById(network, 'l0_residual');
    expect((format.scale[0] ?? 0) * (2 ** 19 - 1)).toBeCloseTo(21, 3);
    expect(decibels(signal, noise)).toBeGreaterThan(60);
  });
});

/** How far the noise may be above what word lengths let one expect. */
describe('random models', () => {
  const SEED = 3;

  it('are the same every time that a case is opened', async () => {
    for (let index = 0; index < 60; index++) {
      const found = await randomQualityCase(SEED, index);
      const [once, again] = [await openCase(found), await openCase(found)];
      expect(again.model, `${index}`).toEqual(once.model);
    }
  });

  it(`have no more noise than their word lengths explain, 80 of seed ${SEED}`, async () => {
    for (let index = 0; index < 80; index++) {
      const found = await randomQualityCase(SEED, index);
      const { loaded, model, dataset } = await openCase(found);
      const { noise, expected } = measureQuality(loaded.config, model, dataset, found.noiseSeed);
      const excess = noise === 0 ? -Infinity : decibels(noise, expected);
      expect(excess, `${index}: ${found.spoils.map(({ name }) => name).join('; ')}`).toBeLessThan(
        12,
      );
    }
  });
});
