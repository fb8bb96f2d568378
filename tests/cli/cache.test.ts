import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SMALL } from '../config/small.js';
import { temporaryFolder } from '../tools/fake_tools.js';
import { cli } from './in_process.js';

const folder = temporaryFolder();
const config = join(folder, 'net.yaml');
writeFileSync(
  config,
  SMALL.replace('{ ssm_core: 0 }', 'network')
    .replace('outputs: 2', 'outputs: 2, activation: half_glu1, pooling: mean')
    .replace('abs_max }', 'abs_max, weights: reconstruct, bias_correction: true }'),
);
const cache = join(folder, 'cache');
const env = { QS5_CACHE: cache };
const out = join(folder, 'out');

const COMMANDS: readonly (readonly string[])[] = [
  ['plan', config],
  ['generate', config, '-o', out],
  ['quantize', config, '-o', join(out, 'net.safetensors')],
  ['estimate', config],
  ['simulate', config, '--with', 'emulator,model'],
  ['evaluate', config, '--samples', '3', '--threads', '1'],
  ['sensitivity', config, '--samples', '2', '--threads', '1'],
  ['devices', config, '--devices', 'xc7a35t'],
  ['explore', config, '--samples', '2', '--threads', '1'],
];

const TEXT_AND_JSON = new Set(['plan', 'generate', 'quantize', 'estimate']);

/** Files below a folder, by their names. */
function filesOf(place: string): Record<string, string> {
  mkdirSync(place, { recursive: true });
  const entries = readdirSync(place, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [relative(place, path), readFileSync(path, 'latin1')]),
  );
}

async function run(argv: readonly string[], use: Readonly<Record<string, string>>) {
  const { stdout, stderr, exitCode } = await cli(argv, use);
  // The clock differs from run to run.
  const seconds = /("seconds": |, )[\d.]+( s(?= )|(?=,?\n)|(?= s))/g;
  return {
    exitCode,
    stdout: stdout.replace(seconds, '$1'),
    // On a busy machine progress is shown too.
    stderr: stderr.replaceAll(/^.* \(\d+ %\), \d+ s\n/gm, ''),
    files: filesOf(out),
  };
}

describe('the cache of the commands', () => {
  it.each(COMMANDS)('%s prints and writes the same with and without it', async (...argv) => {
    for (const extra of TEXT_AND_JSON.has(argv[0] ?? '') ? [[], ['--json']] : [['--json']]) {
      const plain = await run([...argv, ...extra], {});
      const first = await run([...argv, ...extra], env);
      const [entry = ''] = readdirSync(cache);
      const second = await run([...argv, ...extra], env);
      expect(plain).toMatchObject({ exitCode: 0, stderr: '' });
      const note = `note: the quantised network comes from the cache, ${join(cache, entry)}; --no-cache makes it again\n`;
      expect(first.stdout).toBe(plain.stdout);
      expect(['', note]).toContain(first.stderr);
      expect(second).toEqual({ ...plain, stderr: note });
      expect(await run([...argv, ...extra, '--no-cache'], env)).toEqual(plain);
    }
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it('is left alone by --no-cache', async () => {
    const other = join(folder, 'unused');
    await cli(['plan', config, '--no-cache'], { QS5_CACHE: other });
    expect(readdirSync(folder)).not.toContain('unused');
  });

  it('does not fail if it cannot be written', async () => {
    const { exitCode, stderr } = await cli(['plan', config], { QS5_CACHE: join(config, 'cache') });
    expect([exitCode, stderr]).toEqual([0, '']);
  });
});
