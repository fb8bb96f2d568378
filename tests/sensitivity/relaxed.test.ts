import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { createEmulator } from '../../src/network/emulate/emulator.js';
import { inputNode, nodeById } from '../../src/network/types.js';
import { forward } from '../../src/float/s5/forward.js';
import { createProbe } from '../../src/study/sensitivity/probe.js';
import { probeInput } from '../../src/study/sensitivity/input.js';
import { quantisersOf } from '../../src/study/sensitivity/switches.js';

const MODEL = (shape: string) => `
name: relaxed
model:
  init: { seed: 5, layers: 2, features: 6, state_size: 3, inputs: 4, outputs: 3, ${shape} }
scope: network
data: { synthetic: { seed: 3, length: 40 } }
calibration: { sequences: 4, method: abs_max, weights: reconstruct, bias_correction: true }
poles: impulse
precision:
  { a: 8, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 9, non_ssm_act: 8, state: 16, residual: 16 }
lambda_form: delta
device: xc7a35t
`;

const CASES: Readonly<Record<string, string>> = {
  'half_glu1, batch norm, mean': MODEL('activation: half_glu1, norm: batch, pooling: mean'),
  'full_glu, layer norm, last': MODEL('activation: full_glu, norm: layer, pooling: last'),
  'half_glu2, postnorm, every step': MODEL(
    'activation: half_glu2, norm: layer, prenorm: false, pooling: none',
  ),
  'gelu, bidirectional': MODEL('activation: gelu, norm: batch, bidirectional: true, pooling: mean'),
  'one-hot': `${MODEL('activation: gelu, norm: batch, pooling: mean')}input: one_hot\n`,
};

describe('the network with its quantisers', () => {
  const texts = Object.entries(CASES).map(([name, text]) => [name, text] as const);
  it.each(texts)(
    'is the integer network with all, the float one with none: %s',
    async (_n, text) => {
      const quantized = await quantizeModel(parseConfig(text, 'relaxed.yaml'));
      const { network, floatGraph, test, words, values, model } = quantized;
      const probe = createProbe({ network, graph: floatGraph() });
      const output = nodeById(network, network.output);
      for (let i = 0; i < 3; i++) {
        const result = probe(probeInput(inputNode(network), words(i), values(i)));
        const scale = (k: number) => output.format.scale[k] ?? output.format.scale[0] ?? 1;
        const emulated = createEmulator(network)
          .run(words(i))
          .flatMap((vector) => [...vector].map((word, k) => word * scale(k)));
        expect([...result.integer]).toEqual(emulated);
        const float = forward(model, test.sequence(i), test.length);
        const size = Math.max(...float.map(Math.abs));
        result.float.forEach((value, k) => {
          expect(Math.abs(value - (float[k] ?? NaN))).toBeLessThan(1e-9 * size);
        });
        expect(result.alone).toHaveLength(quantisersOf(network).length);
        // Each quantiser does something, and taking it out changes something.
        const different = (a: Float64Array, b: Float64Array) => a.some((v, k) => v !== b[k]);
        const active = result.alone.filter((outputs) => different(outputs, result.float));
        expect(active.length).toBeGreaterThan(result.alone.length / 2);
      }
    },
  );
});
