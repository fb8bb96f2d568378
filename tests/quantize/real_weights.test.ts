import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { realWeights } from '../../src/network/real_weights.js';
import { nodeById } from '../../src/network/types.js';
import type { PreparedLayer } from '../../src/float/s5/prepare.js';

const [FEATURES, STATES, INPUTS] = [6, 4, 3];

const configOf = (top: string) => `
name: net
model:
  init: { seed: 3, layers: 2, features: 6, state_size: 4, inputs: 3, outputs: 4, activation: full_glu, pooling: mean }
scope: network
data: { synthetic: { seed: 2, length: 20 } }
calibration: { sequences: 2, method: abs_max }
precision: { a: 12, b: 9, c: 8, d: 7, non_ssm: 6, ssm_act: 10, non_ssm_act: 9, state: 18, residual: 16 }
poles: nearest
device: xc7a35t
${top}
`;

/** B over u as its rows come, re and im of each state in turn. */
function driving({ inputWeights }: PreparedLayer): number[] {
  return Array.from({ length: 2 * STATES * FEATURES }, (_, i) => {
    const [row, h] = [Math.floor(i / FEATURES), i % FEATURES];
    return inputWeights[((row % 2) * STATES + Math.floor(row / 2)) * FEATURES + h] ?? NaN;
  });
}

/** C over the states as its columns come, re and im of each state in turn. */
function outputs({ outputWeights }: PreparedLayer): number[] {
  return Array.from({ length: FEATURES * 2 * STATES }, (_, i) => {
    const [h, column] = [Math.floor(i / (2 * STATES)), i % (2 * STATES)];
    return outputWeights[h * 2 * STATES + (column % 2) * STATES + Math.floor(column / 2)] ?? NaN;
  });
}

describe('real weights, read back from the integers', () => {
  it.each([
    ['', 'lambda_form: direct'],
    ['scales: { weights: per_tensor }', 'lambda_form: delta'],
    ['scales: { kind: power_of_two }', 'lambda_form: direct'],
  ])('are within half a step of those of the model: %s %s', async (scales, form) => {
    const text = configOf(`${scales}\n${form}`);
    const { network, model } = await quantizeModel(parseConfig(text, 'net.yaml'));
    const expectNear = (id: string, wanted: ArrayLike<number>) => {
      const { values, steps } = realWeights(network, nodeById(network, id)) ?? {};
      expect(values?.length, id).toBe(wanted.length);
      values?.forEach((value, i) => {
        const difference = Math.abs(value - (wanted[i] ?? NaN)) / (steps?.[i] ?? NaN);
        expect(difference, `${id}[${i}]`).toBeLessThanOrEqual(0.5 + 1e-9);
      });
    };
    expectNear('encoder', model.encoder.weights);
    expectNear('decoder', model.decoder.weights);
    for (const [n, layer] of model.layers.entries()) {
      const { lambdaBarRe, lambdaBarIm } = layer.discrete;
      expectNear(`l${n}_recurrence`, [...lambdaBarRe, ...lambdaBarIm]);
      expectNear(`l${n}_b`, driving(layer));
      expectNear(`l${n}_c`, outputs(layer));
      expectNear(`l${n}_d`, layer.feedthrough);
      expectNear(`l${n}_value`, layer.out1?.weights ?? []);
      expectNear(`l${n}_gate`, layer.out2?.weights ?? []);
    }
    expect(realWeights(network, nodeById(network, 'l0_y'))).toBeUndefined();
  });

  it('are kernel and bias in the table of a one-hot input', async () => {
    const text = configOf('input: one_hot\nlambda_form: direct');
    const { network, model } = await quantizeModel(parseConfig(text, 'net.yaml'));
    const { weights, bias } = model.encoder;
    const found = realWeights(network, nodeById(network, 'encoder'));
    expect(found?.values).toHaveLength(INPUTS * FEATURES);
    found?.values.forEach((value, i) => {
      const [row, h] = [Math.floor(i / FEATURES), i % FEATURES];
      const wanted = (weights[h * INPUTS + row] ?? NaN) + (bias[h] ?? NaN);
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual((found.steps[i] ?? NaN) * 0.5 + 1e-12);
    });
  });
});
