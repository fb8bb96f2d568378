import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { createFastEmulator } from '../../src/network/emulate/fast/emulator.js';
import { isProved } from '../../src/network/proved.js';
import { inputNode } from '../../src/network/types.js';
import { randomStream } from '../../src/base/random.js';
import { rejected } from '../checkpoint/caught.js';

/** The shipped classifier, with other calibration keys. */
async function quantized(keys: string) {
  const text = await readFile('configs/smnist.yaml', 'utf8');
  const changed = text.replace(/sequences: 32\n/, `sequences: 2\n  ${keys}\n`);
  return quantizeModel(parseConfig(changed, 'configs/smnist.yaml'));
}

/** Clipped words of some nodes when anything at all is fed, at its worst. */
function clippedBy({ network }: Awaited<ReturnType<typeof quantized>>, nodes: RegExp): number {
  const emulator = createFastEmulator(network);
  const { range } = inputNode(network);
  const random = randomStream(9);
  for (let i = 0; i < 20; i++) {
    // Long stretches of one extreme drive slow states the furthest.
    let word = range.hi;
    emulator.run(
      Array.from({ length: 784 }, () => {
        if (random.uniform() < i / 100) word = random.uniform() < 0.5 ? range.lo : range.hi;
        return Float64Array.of(word);
      }),
    );
  }
  return [...emulator.clipped].reduce((sum, [id, n]) => sum + (nodes.test(id) ? n : 0), 0);
}

describe('calibration.proved', () => {
  it('makes tensors that nothing clips', async () => {
    const nodes = /bu$|recurrence$|_y$|gate_out$|decoder_out$/;
    const seen = await quantized('');
    expect(clippedBy(seen, nodes)).toBeGreaterThan(0);
    const proved = await quantized('proved: [states, y, gate, output]');
    const concerned = proved.network.nodes.filter(({ id }) => nodes.test(id));
    expect(concerned).toHaveLength(9);
    for (const node of concerned) expect(isProved(proved.network, node, 784)).toBe(true);
    expect(clippedBy(proved, nodes)).toBe(0);
    // A state's register covers several times what digits ever make of it.
    const scale = ({ network }: typeof seen) =>
      network.nodes.find(({ id }) => id === 'l0_recurrence')?.format.scale[0] ?? NaN;
    expect(scale(proved)).toBeGreaterThan(scale(seen));
  });

  it('covers u of either norm', async () => {
    const proved = await quantized('proved: [u]');
    const norm = proved.network.nodes.find(({ id }) => id === 'l1_norm');
    expect(norm !== undefined && isProved(proved.network, norm, 784)).toBe(true);
  });

  it('covers the states of both directions', async () => {
    const text = `
name: both
model:
  init: { seed: 5, layers: 2, features: 6, state_size: 4, inputs: 2, outputs: 2, activation: gelu, bidirectional: true }
scope: network
data: { synthetic: { seed: 3, length: 40 } }
calibration: { sequences: 2, method: abs_max, proved: [states] }
precision:
  { a: 8, b: 8, c: 8, d: 8, non_ssm: 8, ssm_act: 8, non_ssm_act: 8, state: 16, residual: 12 }
lambda_form: delta
device: xc7a35t
`;
    const { network } = await quantizeModel(parseConfig(text, 'both.yaml'));
    const scans = network.nodes.filter(({ op }) => op === 'recurrence');
    expect(scans).toHaveLength(4);
    for (const node of scans) expect(isProved(network, node, 40)).toBe(true);
  });

  it('refuses a tensor that no node yields', async () => {
    expect(await rejected(quantized('proved: [u, value]'))).toMatch(
      /E_CONFIG_COMBINATION {2}calibration\.proved\n {2}The network has no tensor value, .*\n {2}hint: use some of u, states, y, gate, output\./,
    );
    const core = (await readFile('configs/smnist-ssm.yaml', 'utf8')).replace(
      'sequences: 16',
      'sequences: 2\n  proved: [output]',
    );
    expect(await rejected(quantizeModel(parseConfig(core, 'configs/smnist-ssm.yaml')))).toMatch(
      /E_CONFIG_COMBINATION {2}calibration\.proved\n {2}The network has no tensor output, .*\n {2}hint: use some of u, states, y\./,
    );
  });

  it('needs tensors that there are', () => {
    expect(() => parseConfig('calibration: { proved: [residual] }', 'x.yaml')).toThrow();
  });
});
