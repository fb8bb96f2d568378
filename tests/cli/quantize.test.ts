import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_CACHE } from '../shipped.js';
import { cli } from './in_process.js';

const env = { QS5_CACHE: TEST_CACHE };
let folder = '';
const file = () => join(folder, 'net.safetensors');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qs5-quantize-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

interface Report {
  readonly tensors: { id: string; bound: string; clipped: number; weights?: { width: number } }[];
}

describe('qs5 quantize', () => {
  it('reports every tensor, and writes the same bytes again', async () => {
    const argv = ['quantize', 'configs/smnist.yaml', '--samples', '3', '-o', file()];
    const { exitCode, stdout } = await cli([...argv, '--json'], env);
    expect(exitCode).toBe(0);
    const { tensors } = JSON.parse(stdout) as Report;
    const tensor = (id: string) => tensors.find((one) => one.id === id);
    expect(tensor('encoder')).toMatchObject({ bound: 'proved', clipped: 0, weights: { width: 8 } });
    expect(tensor('l0_recurrence')).toMatchObject({ bound: 'calibrated', width: 16 });
    expect(tensor('l0_norm')).toMatchObject({ op: 'requantize', width: 8 });
    const bytes = await readFile(file());
    expect((await cli(argv, env)).stdout).toMatch(/\nl0_recurrence +recurrence +16 .*calibrated/);
    expect(await readFile(file())).toEqual(bytes);
    expect(await readdir(folder)).toEqual(['net.safetensors']);
  });

  it('is what the other commands take in place of a calibration', async () => {
    const config = 'configs/smnist.yaml';
    const stored = ['--network', file()];
    for (const argv of [['plan'], ['estimate'], ['evaluate', '--samples', '4']]) {
      const [command = '', ...rest] = argv;
      const run = async (extra: readonly string[]) => {
        const { exitCode, stdout } = await cli([command, config, ...rest, ...extra, '--json'], env);
        expect(exitCode).toBe(0);
        return { ...(JSON.parse(stdout) as object), seconds: 0 };
      };
      expect(await run(stored)).toEqual(await run([]));
    }
    const simulate = ['simulate', config, '--sequences', '1', '--with', 'model', ...stored];
    expect(await cli(simulate, env)).toMatchObject({ exitCode: 0 });
    for (const [name, extra] of [
      ['a', stored],
      ['b', []],
    ] as const) {
      const argv = ['generate', config, '-o', join(folder, name), ...extra];
      expect(await cli(argv, env)).toMatchObject({ exitCode: 0 });
    }
    const names = await readdir(join(folder, 'a'), { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(10);
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      const other = path.replace(join(folder, 'a'), join(folder, 'b'));
      expect(await readFile(path, 'utf8')).toBe(await readFile(other, 'utf8'));
    }
  });

  it('belongs to the config that it was made from', async () => {
    const text = await readFile('configs/smnist.yaml', 'utf8');
    const at = async (change: (text: string) => string) => {
      const config = join('configs', '.changed.yaml');
      await writeFile(config, change(text));
      try {
        return (await cli(['plan', config, '--network', file()])).stderr;
      } finally {
        await rm(config);
      }
    };
    // Keys that shape the hardware may differ.
    expect(await at((t) => t.replace('xc7a35t', 'xc7a100t'))).toBe('');
    expect(await at((t) => t.replace('a: 8', 'a: 7'))).toMatch(
      /\.changed\.yaml:\d+:\d+ {2}E_NETWORK {2}precision\n {2}The file of the network was made with/,
    );
    const long = 'synthetic: { length: 785 }\n';
    expect(await at((t) => t.replace(/idx:\n( {4}.*\n)+/, long))).toMatch(
      /E_NETWORK {2}data\n {2}The test sequences have 785 steps; .* takes up to 784\./,
    );
    expect(
      await at((t) =>
        t.replace(
          /checkpoint: .*/,
          'init: { layers: 2, features: 32, state_size: 16, inputs: 1, outputs: 10, activation: half_glu1, norm: batch, pooling: mean }',
        ),
      ),
    ).toMatch(/E_NETWORK {2}model\n {2}.* from another model/);
  });

  it('says what is wrong with a file', async () => {
    const plan = async (path: string) =>
      (await cli(['plan', 'configs/smnist.yaml', '--network', path])).stderr;
    expect(await plan(join(folder, 'nowhere'))).toMatch(/E_FILE/);
    expect(await plan('models/smnist-s5-2x32x16.safetensors')).toMatch(
      /E_NETWORK\n {2}The file holds no/,
    );
    const argv = ['quantize', 'configs/tiny.yaml', '-o', join(file(), 'net')];
    expect((await cli(argv)).stderr).toMatch(/E_OUTPUT\n {2}The file cannot be written/);
  });
});
