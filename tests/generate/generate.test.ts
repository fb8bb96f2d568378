import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../cli/in_process.js';
import { SMALL } from '../config/small.js';

let root = '';
let config = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'qs5-generate-'));
  config = join(root, 'small.yaml');
  await writeFile(config, SMALL);
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

/** Every file below a folder, by path. */
async function readAll(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((e) => e.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), await readFile(path, 'utf8'));
  }
  return files;
}

async function generate(name: string): Promise<string> {
  const folder = join(root, name);
  const { exitCode, stderr } = await cli(['generate', config, '-o', folder]);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  return folder;
}

describe('qs5 generate', () => {
  it('writes the same bytes twice, and neither paths nor dates', async () => {
    const [a, b] = [await readAll(await generate('a')), await readAll(await generate('b'))];
    expect([...a].sort()).toEqual([...b].sort());
    for (const [path, text] of a) {
      expect(text, path).not.toContain(root);
      expect(text, path).not.toMatch(/\b20\d\d-\d\d-\d\d\b/);
    }
  });

  it('lists every file with its hash in the manifest', async () => {
    const files = await readAll(await generate('manifest'));
    const manifest = JSON.parse(files.get('manifest.json') ?? '') as {
      files: Record<string, string>;
    };
    files.delete('manifest.json');
    const hashes = [...files].map(([path, text]) => [
      path,
      createHash('sha256').update(text).digest('hex'),
    ]);
    expect(manifest.files).toEqual(Object.fromEntries(hashes));
  });

  it('writes a folder whose README works without qs5', async () => {
    const folder = await generate('self-contained');
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    const commands = [...readme.matchAll(/^(?:iverilog|verilator) .*$/gm)].map(([line]) => line);
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      const { stdout } = await execa('sh', ['-c', command], { cwd: folder });
      expect(stdout).toMatch(/^RESULT mismatches=0 cycle_mismatches=0 outputs=128 /m);
    }
  });

  it('replaces what it wrote itself, and what simulating left there', async () => {
    const folder = await generate('again');
    await writeFile(join(folder, 'wave.vcd'), '');
    await generate('again');
    expect(await readdir(folder)).not.toContain('wave.vcd');
    expect((await stat(folder)).mode & 0o777).toBe(0o755);
  });

  it('refuses to replace a folder into which somebody put a file', async () => {
    const folder = await generate('shared');
    await writeFile(join(folder, 'constraints.xdc'), 'mine');
    const { exitCode, stderr } = await cli(['generate', config, '-o', folder]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Files were added: constraints.xdc.');
    expect(await readFile(join(folder, 'constraints.xdc'), 'utf8')).toBe('mine');
  });

  it('refuses a folder with files of others, and leaves them alone', async () => {
    const folder = join(root, 'foreign');
    await mkdir(folder);
    await writeFile(join(folder, 'thesis.tex'), 'mine');
    const { exitCode, stderr } = await cli(['generate', config, '-o', folder]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('E_OUTPUT');
    expect(stderr).toContain('The folder holds files that qs5 did not write.');
    expect(await readAll(folder)).toEqual(new Map([['thesis.tex', 'mine']]));
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const before = await readdir(root);
    const abort = new AbortController();
    abort.abort('SIGINT');
    const folder = join(root, 'interrupted');
    const { exitCode } = await cli(['generate', config, '-o', folder], {}, abort.signal);
    expect(exitCode).toBe(130);
    expect(await readdir(root)).toEqual(before);
  });
});
