import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/random.js';
import { writeSafetensors } from '../../src/float/checkpoint/write_safetensors.js';
import { temporaryFolder } from '../tools/fake_tools.js';
import { compileCli } from './compiled.js';

const folder = temporaryFolder();
const COUNT = 60;
const LENGTH = 20;
let program = '';

const CONFIG = `
name: small
model:
  init: { seed: 4, layers: 1, features: 4, state_size: 2, inputs: 1, outputs: 2, activation: half_glu1 }
scope: network
data: { tensors: { calibration: data.safetensors, test: data.safetensors } }
training: { epochs: 30, batch: 9, validation: 0.25, rates: { ssm: 0.01, regular: 0.02 } }
calibration: { sequences: 8, method: abs_max }
precision:
  { a: 6, b: 5, c: 5, d: 8, non_ssm: 5, ssm_act: 8, non_ssm_act: 8, state: 16, residual: 12 }
lambda_form: delta
device: xc7a35t
`;

/** Noise with a mean of one sign: its sign is the class. */
function dataFile(seed: number): Uint8Array {
  const random = randomStream(seed);
  const labels = Float64Array.from({ length: COUNT }, (_, i) => i % 2);
  const inputs = Float64Array.from(
    { length: COUNT * LENGTH },
    (_, i) => random.normal() + (Math.floor(i / LENGTH) % 2 === 0 ? 0.5 : -0.5),
  );
  const tensors = [
    { name: 'inputs', shape: [COUNT, LENGTH, 1], data: inputs },
    { name: 'labels', shape: [COUNT], data: labels },
  ];
  return writeSafetensors(tensors, {}, (name) => (name === 'labels' ? 'I32' : 'F64'));
}

/** A folder with a config and its data. Returns the config. */
function place(text: string): string {
  const own = mkdtempSync(join(folder, 'train '));
  writeFileSync(join(own, 'data.safetensors'), dataFile(1));
  const file = join(own, 'small.yaml');
  writeFileSync(file, text);
  return file;
}

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function qs5(argv: readonly string[]): Promise<Result> {
  const child = spawn(process.execPath, [program, ...argv], { env: process.env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (part) => (stdout += String(part)));
  child.stderr.on('data', (part) => (stderr += String(part)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Epochs in the log of a folder; 0 without a log. */
function epochsIn(out: string): number {
  try {
    return readFileSync(join(out, 'log.jsonl'), 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

const filesOf = (out: string) =>
  Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name))]));

beforeAll(() => {
  program = compileCli();
});

describe('qs5 train', () => {
  it('trains a network that evaluate and train take, in float and through its integers', async () => {
    const file = place(CONFIG);
    const [out, next] = [join(file, '..', 'float'), join(file, '..', 'integers')];
    const { code, stdout, stderr } = await qs5(['train', file, '-o', out]);
    expect(stderr).toContain('training: forward float, seed 1, epochs 30, batch 9, threads 2,');
    expect(code).toBe(0);
    expect(stdout).toMatch(/small: 30 epochs; best epoch \d+: validation accuracy 100.00 %/);
    expect(Object.keys(filesOf(out)).sort()).toEqual([
      ...['design.yaml', 'log.jsonl', 'model.safetensors', 'state.safetensors'],
    ]);

    const trained = CONFIG.replace(
      /model:\n.*\n/,
      'model: { checkpoint: float/model.safetensors }\n',
    );
    const quantized = trained.replace('{ epochs: 30', '{ forward: integers, epochs: 2');
    writeFileSync(file, quantized);
    const second = await qs5(['train', file, '-o', next, '--json']);
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toMatchObject({
      name: 'small',
      settings: { forward: 'integers', loss: 'cross_entropy', momentum: 0.95 },
      epochs: [{ step: 5 }, { step: 10, validation: { accuracy: 1 } }],
    });
    const network = ['--network', join(next, 'network.safetensors')];
    const argv = ['evaluate', join(next, 'design.yaml'), ...network, '--json'];
    const evaluated = await qs5(argv);
    expect(evaluated.code).toBe(0);
    expect((JSON.parse(evaluated.stdout) as { integerAccuracy: number }).integerAccuracy).toBe(100);
    const simulated = ['simulate', join(next, 'design.yaml'), ...network, '--with', 'model'];
    expect((await qs5(simulated)).stdout).toContain('PASS');
  });

  it('ends with the same bytes after kills at random moments', async () => {
    const kills = Number(process.env['QS5_KILLS'] ?? 3);
    const seed = 8;
    const epochs = 12 * (kills + 1);
    const file = place(
      CONFIG.replace('epochs: 30', `forward: integers, epochs: ${epochs}, clip_gradient: 1`),
    );
    const out = (name: string) => join(file, '..', name);
    const random = randomStream(seed);
    for (let i = 0; i < kills; i++) {
      // The first run dies at its start, the others some epochs further on.
      const until = i === 0 ? 0 : epochsIn(out('parts')) + 1 + Math.floor(10 * random.uniform());
      const child = spawn(process.execPath, [program, 'train', file, '-o', out('parts')]);
      const ended = once(child, 'close');
      while (epochsIn(out('parts')) < until) await new Promise((done) => setTimeout(done, 5));
      await new Promise((done) => setTimeout(done, (i === 0 ? 500 : 40) * random.uniform()));
      child.kill('SIGKILL');
      expect(await ended, `kill ${i} of seed ${seed}`).toEqual([null, 'SIGKILL']);
    }
    for (const name of ['parts', 'whole']) {
      expect((await qs5(['train', file, '-o', out(name)])).code).toBe(0);
    }
    expect(filesOf(out('parts'))).toEqual(filesOf(out('whole')));
  });

  it('saves where Ctrl-C stops it, and the same command goes on', async () => {
    const file = place(CONFIG.replace('epochs: 30', 'epochs: 100000'));
    const out = join(file, '..', 'out');
    const child = spawn(process.execPath, [program, 'train', file, '-o', out]);
    let stderr = '';
    child.stderr.on('data', (part) => (stderr += String(part)));
    while (epochsIn(out) === 0) await new Promise((done) => setTimeout(done, 50));
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /qs5: \d+ epochs? and \d+ steps? of the next are saved in .*; the same command goes on/,
    );
    const epochs = epochsIn(out);
    writeFileSync(join(file, '..', 'data.safetensors'), dataFile(2));
    const other = await qs5(['train', file, '-o', out]);
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('E_TRAINING');
    expect(epochsIn(out)).toBe(epochs);
    writeFileSync(join(file, '..', 'data.safetensors'), dataFile(1));
    rmSync(join(out, 'model.safetensors'));
    const lost = await qs5(['train', file, '-o', out]);
    expect(lost.stderr).toMatch(/model\.safetensors {2}E_TRAINING/);
    rmSync(join(out, 'state.safetensors'));
    expect((await qs5(['train', file, '-o', out])).stderr).toContain('E_OUTPUT');
  });

  it('ends where its data are gone, with all finished epochs saved', async () => {
    const file = place(CONFIG.replace('epochs: 30', 'epochs: 100000'));
    const out = join(file, '..', 'out');
    const run = qs5(['train', file, '-o', out]);
    while (epochsIn(out) === 0) await new Promise((done) => setTimeout(done, 50));
    rmSync(join(file, '..', 'data.safetensors'));
    const { code, stderr } = await run;
    expect(code).toBe(1);
    expect(stderr).toMatch(/small\.yaml:\d+:\d+ {2}E_TRAINING {2}data/);
    expect(epochsIn(out)).toBeGreaterThan(0);
  });

  const FAULTS: readonly (readonly [string, (text: string) => string, string])[] = [
    ['no section', (text) => text.replace(/training: .*\n/, ''), 'E_CONFIG_MISSING_KEY'],
    ['a long batch', (text) => text.replace('batch: 9', 'batch: 60'), 'training.batch'],
    ['no validation', (text) => text.replace('0.25', '0'), 'training.validation'],
    [
      'the wrong loss',
      (text) => text.replace('epochs: 30', 'epochs: 3, loss: smape'),
      'training.loss',
    ],
    ['an output a step', (text) => text.replace('outputs: 2', 'outputs: 2, pooling: none'), 'data'],
    [
      'reconstruction of weights',
      (text) =>
        text
          .replace('epochs: 30', 'epochs: 3, forward: integers')
          .replace('abs_max }', 'abs_max, weights: reconstruct }'),
      'calibration.weights',
    ],
    [
      'dropout of integers',
      (text) => text.replace('epochs: 30', 'epochs: 3, forward: integers, dropout: 0.1'),
      'training.dropout',
    ],
  ];
  it.each(FAULTS)('%s is an error at its place', async (_name, change, wanted) => {
    const file = place(change(CONFIG));
    const { code, stderr } = await qs5(['train', file, '-o', join(file, '..', 'out')]);
    expect(stderr).toMatch(/small\.yaml:\d+:\d+/);
    expect(stderr).toContain(wanted);
    expect(code).toBe(1);
  });
});
