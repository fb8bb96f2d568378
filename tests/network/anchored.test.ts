import { describe, expect, it } from 'vitest';
import { Qs5Error } from '../../src/base/errors.js';
import { parseConfig } from '../../src/config/load.js';
import { designOf, quantizeModel } from '../../src/design/build.js';
import { createEmulator } from '../../src/network/emulate/emulator.js';
import { createFastEmulator } from '../../src/network/emulate/fast/emulator.js';
import { decodeNetwork, encodeNetwork } from '../../src/network/file.js';
import { networkProblem } from '../../src/network/check.js';
import { realWeights } from '../../src/network/real_weights.js';
import { lambdaAsIntegers, type RecurrenceNode } from '../../src/network/types.js';

const TEXT = `
name: anchored
model:
  init: { seed: 5, layers: 2, features: 6, state_size: 9, inputs: 4, outputs: 3, activation: gelu, norm: batch, pooling: mean, bidirectional: true }
scope: network
data: { synthetic: { seed: 3, length: 40 } }
calibration: { sequences: 4, method: abs_max }
precision:
  { a: 4, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 9, non_ssm_act: 8, state: 16, residual: 16 }
lambda_form: anchored
device: xc7a35t
`;

describe('Lambda-bar in the form anchored', async () => {
  const quantized = await quantizeModel(parseConfig(TEXT, 'anchored.yaml'));
  const { network, words } = quantized;
  const loops = network.nodes.filter((node): node is RecurrenceNode => node.op === 'recurrence');

  it('has poles at several anchors', () => {
    const anchors = loops.map(({ lambda }) =>
      lambda.form === 'anchored' ? [...lambda.anchor] : [],
    );
    expect(new Set(anchors.flat()).size).toBeGreaterThan(1);
  });

  it('gives the same words in both emulators', () => {
    for (let i = 0; i < 4; i++) {
      const plain = createEmulator(network).run(words(i));
      expect(createFastEmulator(network).run(words(i))).toEqual(plain);
    }
  });

  it('comes back from a network file', () => {
    const provenance = { qs5: '0', config: '', checkpoint: '' };
    const bytes = encodeNetwork({ network, provenance });
    expect(decodeNetwork(bytes, 'file').network).toEqual(network);
  });

  it('is read back as the poles that the integers are', () => {
    for (const loop of loops) {
      const { re, im } = lambdaAsIntegers(loop.lambda);
      const unit = 2 ** -loop.lambda.frac;
      const read = realWeights(network, loop);
      expect([...(read?.values ?? [])]).toEqual([...re, ...im].map((value) => value * unit));
    }
  });

  it.each([
    [Int32Array.from({ length: 9 }, () => 5), 'anchor leaves its width'],
    [Int32Array.of(0), 'lambda_bar has 1 elements instead of 9'],
  ])('is checked: anchors %o', (anchor, problem) => {
    const nodes = network.nodes.map((node) =>
      node.op === 'recurrence' && node.lambda.form === 'anchored'
        ? { ...node, lambda: { ...node.lambda, anchor } }
        : node,
    );
    expect(networkProblem({ ...network, nodes })).toContain(problem);
  });

  it('has no hardware yet, and says so', async () => {
    await expect(designOf(quantized)).rejects.toThrow(Qs5Error);
    await expect(designOf(quantized)).rejects.toThrow('No recurrence in hardware reads Lambda-bar');
  });
});
