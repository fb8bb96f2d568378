import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { loadDatasets, loadFloatModel, maxLength } from '../../src/design/load_model.js';
import { networkPart } from '../../src/design/network_part.js';
import { createEmulator } from '../../src/network/emulate/emulator.js';
import { nodeById } from '../../src/network/types.js';
import { forward, prepare } from '../../src/float/s5/forward.js';

/** A config of two layers with the given lines in `model.init` and at the top. */
function configOf(init: string, top = ''): string {
  return `
name: net
model:
  init: { seed: 3, layers: 2, features: 6, state_size: 4, inputs: 3, outputs: 4, ${init} }
scope: network
data: { synthetic: { seed: 2, length: 37 } }
calibration: { sequences: 6, method: abs_max, margin: 2 }
precision: { a: 16, b: 14, c: 14, d: 14, non_ssm: 14, ssm_act: 14, non_ssm_act: 13, state: 22, residual: 20 }
lambda_form: delta
scales: { multiplier_bits: 20 }
device: xc7a35t
${top}
`;
}

/** Signal to noise of the integer network's outputs on three sequences, dB. */
async function decibels(text: string): Promise<number> {
  const loaded = parseConfig(text, 'net.yaml');
  const model = prepare(await loadFloatModel(loaded));
  const { calibration, test } = await loadDatasets(loaded, await loadFloatModel(loaded));
  const { network, words } = networkPart(
    loaded.config,
    model,
    calibration,
    maxLength(loaded.config, test),
  );
  const emulator = createEmulator(network);
  const [scale = NaN] = nodeById(network, network.output).format.scale;
  let signal = 0;
  let noise = 0;
  for (let i = 0; i < 3; i++) {
    const wanted = forward(model, test.sequence(i), test.length);
    const found = emulator
      .run(words(test.sequence(i), test.length))
      .flatMap((vector) => Array.from(vector, (q) => q * scale));
    expect(found.length).toBe(wanted.length);
    wanted.forEach((value, k) => {
      signal += value * value;
      noise += (value - (found[k] ?? NaN)) ** 2;
    });
  }
  return 10 * Math.log10(signal / noise);
}

/** Few bits everywhere but in the state and the residual stream. */
const SHORT =
  '{ a: 6, b: 4, c: 4, d: 6, non_ssm: 4, ssm_act: 10, non_ssm_act: 8, state: 16, residual: 16 }';

describe('calibration on sequences makes up for short words', () => {
  const short = (init: string, calibration: string) =>
    configOf(init)
      .replace(/precision: .*/, `precision: ${SHORT}`)
      .replace(
        /calibration: .*/,
        `calibration: { sequences: 24, method: abs_max, margin: 1.5, ${calibration} }`,
      );

  it.each([
    'pooling: none, activation: gelu',
    'pooling: none, activation: half_glu1',
    'pooling: none, activation: full_glu, norm: layer',
    'pooling: last, activation: half_glu2, bidirectional: true',
    'pooling: mean, activation: full_glu, prenorm: false',
  ])('%s', async (init) => {
    const nearest = await decibels(short(init, 'weights: nearest'));
    const both = await decibels(short(init, 'weights: reconstruct, bias_correction: true'));
    expect(both).toBeGreaterThan(nearest + 1);
  });
});

describe('the integer network of a whole model stays near the float one', () => {
  it.each([
    ['pooling: none, activation: gelu'],
    ['pooling: mean, activation: half_glu1'],
    ['pooling: last, activation: half_glu2'],
    ['pooling: mean, activation: full_glu, prenorm: false'],
    ['pooling: none, activation: half_glu1, norm: layer'],
    ['pooling: mean, activation: gelu, norm: layer, norm_bias: false'],
    ['pooling: last, activation: full_glu, norm: layer, prenorm: false'],
    ['pooling: mean, activation: half_glu2, bidirectional: true'],
    ['pooling: last, activation: gelu, bidirectional: true'],
    ['pooling: mean, activation: half_glu1, bidirectional: true, norm: layer'],
    ['pooling: mean, activation: half_glu1, bidirectional: true, conj_sym: false'],
    ['pooling: last, layers: 1, activation: gelu, bidirectional: true'],
    ['pooling: last, layers: 3, activation: gelu, bidirectional: true, prenorm: false'],
  ])('%s', async (init) => {
    const text = configOf(init.replace(/layers: \d, /, ''));
    const layers = /layers: (\d)/.exec(init)?.[1] ?? '2';
    expect(await decibels(text.replace('layers: 2', `layers: ${layers}`))).toBeGreaterThan(38);
  });

  it.each([
    'input: one_hot',
    'functions: { gelu: q_gelu, sigmoid: hard }',
    'scales: { kind: power_of_two, multiplier_bits: 20 }',
  ])('%s', async (top) => {
    const text = configOf('pooling: mean, activation: half_glu1').replace(/scales: .*\n/, '');
    expect(await decibels(`${text}${top}\n`)).toBeGreaterThan(38);
  });
});
