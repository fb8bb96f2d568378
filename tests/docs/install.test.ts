import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeTools, temporaryFolder } from '../tools/fake_tools.js';

const folder = temporaryFolder();
const prefix = join(folder, 'prefix');
const installed = join(prefix, 'lib', 'node_modules', 'qs5');

/** Runs the installed program, from a folder that has nothing to do with it. */
async function qs5(...args: string[]) {
  const env = { PATH: [join(prefix, 'bin'), process.env['PATH']].join(delimiter) };
  return execa('qs5', args, { cwd: folder, env: { ...env, ...fakeTools(folder) }, reject: false });
}

describe('the packed tarball', () => {
  beforeAll(async () => {
    // As in README.md, but for the places.
    await execa('npm', ['pack', '--silent', '--pack-destination', folder]);
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(tarball).toBe(`qs5-${version}.tgz`);
    expect(await readFile('README.md', 'utf8')).toContain(`npm install -g ./${tarball}`);
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund'];
    const install = ['install', '-g', '--prefix', prefix, ...quiet, `./${tarball}`];
    await execa('npm', install, { cwd: folder });
  });

  it('holds what qs5 needs, and no record of a build', () => {
    for (const name of ['dist/cli.js', 'rtl', 'sim', 'testbenches', 'configs', 'models', 'data']) {
      expect([name, existsSync(join(installed, name))]).toEqual([name, true]);
    }
    expect(readdirSync(join(installed, 'dist')).filter((name) => name.startsWith('.'))).toEqual([]);
    for (const name of ['src', 'tests']) expect(existsSync(join(installed, name))).toBe(false);
  });

  it('has a program that shows its help', async () => {
    const { exitCode, stdout } = await qs5('--help');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Usage: qs5')]);
  });

  it('finds the Yosys that came with it', async () => {
    const { exitCode, stdout } = await qs5('doctor');
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(/^yosys +embedded +\d+\.\d+ .*npm package @yowasp\/yosys$/m),
    ]);
  });

  it('generates the design of a shipped config', async () => {
    const config = join(installed, 'configs', 'smnist-ssm.yaml');
    const { exitCode, stderr } = await qs5('generate', config, '-o', 'core');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(readdirSync(join(folder, 'core'))).toContain('manifest.json');
  });

  it('cannot be published by accident', async () => {
    const text = await readFile('package.json', 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      private: true,
      scripts: { prepack: 'npm run build' },
    });
  });
});
