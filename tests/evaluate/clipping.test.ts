import { execa } from 'execa';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/float/checkpoint/tensor.js';
import { writeSafetensors } from '../../src/float/checkpoint/write_safetensors.js';
import { loadConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { createEmulator } from '../../src/network/emulate/emulator.js';
import { createFastEmulator } from '../../src/network/emulate/fast/emulator.js';
import { networkProblem } from '../../src/network/check.js';
import { decodeNetwork, encodeNetwork } from '../../src/network/file.js';
import { isProved } from '../../src/network/proved.js';
import type { IntegerNetwork, LookupNode } from '../../src/network/types.js';
import { nodeById } from '../../src/network/types.js';
import { floatNodeById, type FloatGraph } from '../../src/network/graph/types.js';
import { weightsOf } from '../../src/network/ops/table.js';
import type { QuantizeSettings } from '../../src/network/quantize/settings.js';
import { LAYER, PRECISION, SETTINGS } from '../quantize/settings.js';
import { quantizeGraph } from '../../src/network/quantize/network.js';
import { nearestFit } from '../../src/network/quantize/fit.js';
import { inputClipping } from '../../src/network/quantize/input_words.js';
import { cli } from '../cli/in_process.js';

const STEPS = 20;
const SEQUENCES = 4;
const INPUTS = 2;

/** One word in three is within the range, the others up to 2.5 times beyond it. */
const TEST = Float64Array.from({ length: SEQUENCES * STEPS * INPUTS }, (_, i) =>
  i % 3 === 0 ? 0.9 * Math.sin(i) : (i % 2 === 0 ? 1 : -1) * (1.004 + (1.496 * i) / 158),
);

const config = (scope: string, pooling: string, input = '') => `name: clipped
model: { init: { layers: 1, features: 4, state_size: 4, inputs: 2, outputs: 2, pooling: ${pooling} } }
scope: ${scope}
data: { tensors: { calibration: cal.safetensors, test: test.safetensors } }
calibration: { sequences: 4, method: abs_max, margin: 1 }
precision: { a: 12, b: 12, c: 12, d: 12, non_ssm: 12, ssm_act: 12, non_ssm_act: 12, state: 16, residual: 8 }
lambda_form: delta
device: xc7a35t
${input}`;

let folder = '';
beforeAll(async () => {
  // Worker threads run the compiled code.
  await execa('sh', ['scripts/setup.sh', '--dist']);
  folder = await mkdtemp(join(tmpdir(), 'qs5-clipping-'));
  const inputs = (data: Float64Array): Tensor => ({
    name: 'inputs',
    shape: [SEQUENCES, STEPS, INPUTS],
    data,
  });
  // The largest is 1, so a word of 8 bits is value * 127.
  const calibration = TEST.map((_, i) => Math.cos(i));
  await write('cal.safetensors', writeSafetensors([inputs(calibration)], {}, 'F64'));
  await write('test.safetensors', writeSafetensors([inputs(TEST)], {}, 'F64'));
  await write('net.yaml', config('network', 'none'));
  await write('core.yaml', config('{ ssm_core: 0 }', 'none'));
  await write('sweep.yaml', 'base: net.yaml\nlist: [{}]\n');
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
async function write(name: string, data: string | Uint8Array) {
  await writeFile(at(name), data);
}

/** By hand: scale 1/127, ties to even, beyond +-127. */
function beyond(values: Float64Array): number {
  let count = 0;
  for (const value of values) {
    const exact = Math.abs(value) * 127;
    const below = Math.floor(exact);
    const half = exact - below === 0.5;
    const word = half ? below + (below % 2) : Math.round(exact);
    count += word > 127 ? 1 : 0;
  }
  return count;
}

async function json(...argv: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await cli([...argv, '--json']);
  expect([exitCode, stderr]).toEqual([0, stderr]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('input values beyond the words of the input', () => {
  const largest = TEST.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const expected = { clipped: beyond(TEST), words: TEST.length, reach: largest };

  it('are many in these data', () => {
    expect(expected).toMatchObject({ clipped: 106, words: 160 });
    expect(largest).toBeGreaterThan(2.4);
  });

  it('are counted by evaluate', async () => {
    const result = await json('evaluate', at('net.yaml'), '--threads', '2');
    expect(result['clipped']).toMatchObject({ input: expected.clipped });
    expect(result['input']).toMatchObject({ clipped: expected.clipped, words: expected.words });
    expect((result['input'] as typeof expected).reach).toBeCloseTo(largest, 10);
    const { stdout } = await cli(['evaluate', at('net.yaml'), '--threads', '1']);
    expect(stdout).toMatch(/^clipped words: .*input 106 of 160 \(up to 2\.\d+ times its range\)/m);
  });

  it('are counted by quantize, and the input is not called proved', async () => {
    const result = await json('quantize', at('net.yaml'), '-o', at('net.safetensors'));
    const tensors = result['tensors'] as { id: string }[];
    expect(tensors.find(({ id }) => id === 'input')).toMatchObject({
      bound: 'calibrated',
      clippedWords: expected.clipped,
      words: expected.words,
    });
    const { stdout } = await cli(['quantize', at('net.yaml'), '-o', at('net.safetensors')]);
    expect(stdout).toMatch(/^input +input .* calibrated +106 \(66 %\) +2\.\d+ x/m);
  });

  it('are counted by simulate, in the sequences that it runs, of a stored network too', async () => {
    const first = beyond(TEST.subarray(0, 2 * STEPS * INPUTS));
    const argv = ['simulate', at('net.yaml'), '--sequences', '2', '--with', 'model'];
    for (const extra of [[], ['--network', at('net.safetensors')]]) {
      const result = await json(...argv, ...extra);
      expect(result['clipped']).toMatchObject({ input: first });
      expect(result['input']).toMatchObject({ clipped: first, words: 2 * STEPS * INPUTS });
    }
    expect((await cli(argv)).stdout).toContain(`input ${first} of 80 (up to `);
  });

  it('are counted by sweep', async () => {
    const argv = ['sweep', at('sweep.yaml'), '-o', at('sweep.jsonl'), '--threads', '1'];
    const { points } = (await json(...argv)) as { points: object[] };
    expect(points[0]).toMatchObject({
      clipped: { input: expected.clipped },
      input: { clipped: expected.clipped },
    });
    // The same of what the file of results has.
    expect(await readFile(at('sweep.jsonl'), 'utf8')).toContain(`"input":${expected.clipped}`);
    expect(((await json(...argv)) as { points: object[] }).points).toEqual(points);
  });

  it('are counted for the core of a layer, whose input is what the encoder gives', async () => {
    const result = await json('simulate', at('core.yaml'), '--sequences', '4', '--with', 'model');
    const { clipped, words, reach } = result['input'] as typeof expected;
    expect(words).toBe(SEQUENCES * STEPS * 4);
    expect(clipped).toBeGreaterThan(0);
    expect(reach).toBeGreaterThan(1);
    expect(result['clipped']).toMatchObject({ input: clipped });
  });

  it('begin half a step above the largest word', () => {
    const node = { length: 1, format: { width: 8, scale: [0.5] } } as never;
    const count = (value: number) => inputClipping(Float64Array.of(value), node).clipped;
    expect([63.5, 63.7499, 63.75, -63.7499, -63.75].map(count)).toEqual([0, 0, 1, 0, 1]);
  });
});

describe('entries of a table beyond its words', () => {
  /** GELU of words at 1/16, in words of 6 bits at 1/16: from 2 on it is clipped. */
  const network = (): IntegerNetwork => {
    const slot = (kind: 'input' | 'activation', id: string) => ({ kind, covers: [id] });
    const graph: FloatGraph = {
      nodes: [
        {
          ...{ op: 'input', id: 'input', role: 'input', length: 3, index: false },
          slot: slot('input', 'input'),
        },
        {
          ...{ op: 'lookup', id: 'gelu', role: 'gelu', length: 3, source: 'input' },
          function: { name: 'gelu', variant: 'exact' },
          slot: slot('activation', 'gelu'),
        },
      ],
      output: 'gelu',
    };
    const ranges = { absMax: () => 31 / 16, limit: () => () => 31 / 16, states: () => [] };
    const settings: QuantizeSettings = {
      ...SETTINGS,
      at: () => ({ ...LAYER, precision: { ...PRECISION, non_ssm_act: 6 } }),
      input: { kind: 'values', width: 8, scale: 1 / 16, unsigned: false },
      name: 'table',
    };
    return quantizeGraph(graph, ranges, settings, nearestFit);
  };
  // GELU(33 / 16) * 16 = 32.3, GELU(32 / 16) * 16 = 31.3, which is the largest word.
  const sequence = [
    [33, 32, -100],
    [-128, 127, 40],
  ];

  it('are counted when they are looked up, by both emulators', () => {
    for (const create of [createEmulator, createFastEmulator]) {
      const emulator = create(network());
      emulator.run(sequence);
      expect([...emulator.clipped]).toEqual([['gelu', 3]]);
    }
  });

  it('keep the table from being proved, and are kept in the file of the network', () => {
    const table = network();
    const node = table.nodes[1] as LookupNode;
    expect(isProved(table, node, 10)).toBe(false);
    expect([...(node.clipped ?? [])]).toEqual(Array.from({ length: 95 }, (_, i) => 33 + i));
    const provenance = { qs5: '0', config: '', checkpoint: '' };
    const bytes = encodeNetwork({ network: table, provenance });
    expect(decodeNetwork(bytes, 'file').network).toEqual(table);
    const wrong = { ...node, clipped: Int32Array.of(7, 300) };
    expect(networkProblem({ ...table, nodes: [...table.nodes.slice(0, 1), wrong] })).toBe(
      'gelu: a clipped entry is not in its table',
    );
  });

  it('are those of the row that an index picks', () => {
    const embedding: IntegerNetwork = {
      name: 'rows',
      nodes: [
        {
          ...{ op: 'input', id: 'input', role: 'input', length: 1 },
          format: { width: 3, scale: [1] },
          ...{ unsigned: true, range: { lo: 0, hi: 3 } },
        },
        {
          ...{ op: 'embed', id: 'encoder', role: 'encoder', source: 'input' },
          ...{ length: 2, rows: 3 },
          table: Int32Array.of(1, 2, 7, -7, 0, 7),
          clipped: Int32Array.of(2, 3, 5),
          ...{ format: { width: 4, scale: [1] }, range: { lo: -7, hi: 7 } },
        },
      ],
      output: 'encoder',
    };
    for (const create of [createEmulator, createFastEmulator]) {
      const emulator = create(embedding);
      emulator.run([[0], [1], [2], [3]]);
      expect([...emulator.clipped]).toEqual([['encoder', 4]]);
    }
  });
});

describe('weights beyond their words', () => {
  it('are counted where the scale gives some up for less error', async () => {
    const text = config('network', 'none', 'scales: { weight_range: mse }\n').replace(
      'c: 12',
      'c: 2',
    );
    await write('mse.yaml', text);
    const { network, floatGraph } = await quantizeModel(await loadConfig(at('mse.yaml')));
    const nodeOf = (id: string) => nodeById(network, id);
    const weights = weightsOf(nodeOf('l0_c'), floatNodeById(floatGraph(), 'l0_c'), nodeOf);
    // Words of 2 bits are -1 to 1.
    const lost = Array.from(weights?.real ?? []).filter((weight) => Math.abs(weight) >= 1.5);
    expect(lost.length).toBeGreaterThan(0);
    const result = await json('quantize', at('mse.yaml'), '-o', at('mse.safetensors'));
    const tensors = result['tensors'] as { id: string; weights?: { clipped: number } }[];
    const clippedOf = (name: string) => tensors.find(({ id }) => id === name)?.weights?.clipped;
    expect(clippedOf('l0_c')).toBe(lost.length);
    expect(clippedOf('l0_recurrence')).toBe(0);
  });
});
