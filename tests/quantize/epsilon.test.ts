import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';

it('refuses a layer norm whose epsilon is longer than the hardware takes', async () => {
  const config = (margin: string, eps: string) => `
name: net
model:
  init: { seed: 3, layers: 1, features: 4, state_size: 4, inputs: 2, outputs: 2, norm: layer, norm_eps: ${eps} }
scope: network
data: { synthetic: { seed: 2, length: 12 } }
calibration: { sequences: 1, method: abs_max, margin: ${margin} }
precision: { a: 8, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 8, non_ssm_act: 8, state: 16, residual: 24 }
lambda_form: delta
device: xc7a35t
`;
  const quantize = (margin: string, eps: string) =>
    quantizeModel(parseConfig(config(margin, eps), 'net.yaml'));
  await expect(quantize('1', '1.0e-6')).resolves.toBeDefined();
  await expect(quantize('0.001', '1.0')).rejects.toMatchObject({
    code: 'E_WIDTH',
    message: expect.stringContaining('epsilon') as string,
  });
});
