import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { loadDevice } from '../../src/hardware/device/device.js';
import { buildDesign, type Design } from '../../src/design/build.js';
import { estimatePlan } from '../../src/hardware/estimate/estimate.js';
import { simulatePlan, type Simulator } from '../../src/prove/simulate/simulate.js';
import { erfGelu, gelu } from '../s5/naive.js';
import { stimulusOf } from './prepared.js';
import { shippedDesign } from '../shipped.js';

/** A network of two small layers with the given lines in `model.init` and at the top. */
function textOf(init: string, top = ''): string {
  return `
name: net
model:
  init: { seed: 3, layers: 2, features: 6, state_size: 4, inputs: 3, outputs: 4, ${init} }
scope: network
data: { synthetic: { seed: 2, length: 6 } }
calibration: { sequences: 4, method: abs_max }
precision: { a: 8, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 8, non_ssm_act: 8, state: 16, residual: 16 }
lambda_form: delta
target: { interval: 30 }
device: xc7a35t
${top}
`;
}

const small = async (text: string) => buildDesign(parseConfig(text, 'net.yaml'));

/** Three sequences of five steps without stalls: every word, every cycle, and the predictions. */
async function expectExact(
  design: Design,
  simulators: readonly Simulator[],
  options: { sequences?: number; steps?: number } = {},
) {
  const { sequences = 3, steps = 5 } = options;
  const result = await simulatePlan(design.plan, stimulusOf(design, { sequences, steps }), {
    with: simulators,
    unstalled: true,
    version: 'test',
  });
  expect(result.runs.map(({ first }) => first)).toEqual(simulators.map(() => undefined));
  expect(result.status).toBe('pass');
  expect(result.latency.measured).toBe(result.latency.predicted);
  expect(result.interval.measured).toBe(result.interval.predicted);
  return result;
}

describe('every part of a network is exact in RTL', () => {
  it.each([
    'activation: gelu, norm: batch, pooling: none',
    'activation: half_glu1, norm: layer, pooling: mean',
    'activation: half_glu2, norm: layer, norm_bias: false, pooling: last, prenorm: false',
    'activation: full_glu, norm: batch, pooling: mean, prenorm: false',
    'activation: full_glu, norm: layer, pooling: none',
    'activation: half_glu2, norm: batch, pooling: mean, bidirectional: true',
    'activation: gelu, norm: layer, pooling: last, bidirectional: true',
  ])('%s', async (init) => {
    await expectExact(await small(textOf(init)), ['model', 'icarus']);
  });

  it.each([
    'input: one_hot',
    'functions: { gelu: q_gelu, sigmoid: hard }',
    'functions: { gelu: erf }',
    'sharing: always',
  ])('%s', async (top) => {
    const text = textOf('activation: half_glu1, pooling: mean', top);
    await expectExact(await small(text), ['model', 'icarus']);
  });

  it('the table of a GELU with the error function holds that function', async () => {
    const text = textOf('activation: gelu, pooling: none, gelu: erf');
    const { nodes } = (await small(text.replace('non_ssm_act: 8', 'non_ssm_act: 12'))).network;
    const table = nodes.find((node) => node.op === 'lookup');
    if (table?.op !== 'lookup') throw new Error('no table');
    const [step = NaN] = nodes.find(({ id }) => id === table.source)?.format.scale ?? [];
    const [scale = NaN] = table.format.scale;
    const apart = (f: (x: number) => number) =>
      Array.from(table.table, (word, code) => {
        // The lowest code is not in use.
        const x = (code === 2048 ? -2047 : code < 2048 ? code : code - 4096) * step;
        return Math.abs(word - f(x) / scale);
      }).reduce((a, b) => Math.max(a, b));
    expect(apart(erfGelu)).toBeLessThan(0.5 + 1e-6);
    // The tanh form would be another table.
    expect(apart(gelu)).toBeGreaterThan(0.6);
  });

  it('last, of an odd number of turns, is the first of the stream', async () => {
    const text = textOf('activation: gelu, pooling: last, bidirectional: true');
    const design = await small(text.replace('layers: 2', 'layers: 1'));
    expect(design.plan.emit).toBe('first');
    await expectExact(design, ['model', 'icarus']);
  });
});

describe('configs/', () => {
  const design = shippedDesign;

  it('smnist.yaml reads a whole digit in Verilator, exactly', async () => {
    const made = await design('smnist');
    expect(made.plan.interval).toBe(128);
    await expectExact(made, ['model', 'verilator'], { sequences: 1, steps: 784 });
  });

  it('dynamics.yaml gives an output every step, exactly', async () => {
    const made = await design('dynamics');
    const { words } = await expectExact(made, ['model', 'icarus'], { sequences: 2, steps: 12 });
    expect(words).toBe(2 * 12 * 10);
  });

  it('tiny.yaml shares the multipliers of an iCE40 UP5K, exactly', async () => {
    const made = await design('tiny');
    const { resources, available } = estimatePlan(made.plan, loadDevice('ice40up5k'));
    expect(resources.dsp).toBeLessThanOrEqual(available.dsp);
    expect(resources.bram).toBeLessThanOrEqual(available.bram);
    await expectExact(made, ['model', 'icarus'], { sequences: 3, steps: 20 });
  });

  it('listops.yaml turns its sequence round in each of 8 layers', async () => {
    const made = await design('listops');
    expect(made.plan.segments).toHaveLength(9);
    await expectExact(made, ['model'], { sequences: 2, steps: 6 });
  });

  it.each([
    [64, 0.82],
    [1024, 0.95],
  ])('smnist-paper.yaml on %i multipliers uses them', async (multipliers, least) => {
    const text = await readFile('configs/smnist-paper.yaml', 'utf8');
    const changed = text
      .replace(/^target: .*$/m, `target: { multipliers: ${multipliers} }\nsharing: always`)
      .replace('length: 784', 'length: 16');
    const { plan, loaded } = await buildDesign(parseConfig(changed, 'configs/smnist-paper.yaml'));
    const estimate = estimatePlan(plan, loadDevice(loaded.config.device));
    expect(estimate.multipliers).toBeLessThanOrEqual(multipliers);
    expect(estimate.utilisation).toBeGreaterThan(least);
  });
});
