import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../src/float/checkpoint/write_safetensors.js';
import { initModel } from '../../src/float/s5/init.js';
import { tensorsFromModel } from '../../src/float/s5/to_checkpoint.js';
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
    const folder = await generate('manifest');
    const files = await readAll(folder);
    const manifest = JSON.parse(files.get('manifest.json') ?? '') as {
      files: Record<string, string>;
    };
    files.delete('manifest.json');
    const hashes = await Promise.all(
      [...files.keys()].map(async (path) => [
        path,
        createHash('sha256')
          .update(await readFile(join(folder, path)))
          .digest('hex'),
      ]),
    );
    expect(manifest.files).toEqual(Object.fromEntries(hashes));
  });

  it('writes a folder whose README works without qs5', async () => {
    const folder = await generate('self-contained');
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    const commands = [...readme.matchAll(/^(?:iverilog|verilator) .*$/gm)].map(([line]) => line);
    expect(commands).toHaveLength(4);
    const elsewhere = join(root, 'elsewhere');
    await mkdir(elsewhere);
    for (const command of commands) {
      const cwd = command.includes('$design') ? elsewhere : folder;
      const { stdout } = await execa('sh', ['-c', command], { cwd, env: { design: folder } });
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

  it('plans and estimates in the folder, where neither checkpoint nor data are', async () => {
    const original = join(root, 'model');
    const tensors = tensorsFromModel(
      initModel({
        ...{ layers: 1, features: 4, stateSize: 2, inputs: 1, outputs: 2, activation: 'gelu' },
        ...{ prenorm: true, bidirectional: false, normBias: true, conjSym: true, normEps: 1e-5 },
        ...{ norm: 'batch', pooling: 'none', discretization: 'zoh', gelu: 'exact' },
        ...{ sigmoid: 'exact', seed: 1, blocks: 1, cInit: 'trunc_standard_normal' },
        ...{ dtMin: 0.01, dtMax: 0.1 },
      }),
    );
    await mkdir(original);
    const bytes = writeSafetensors(tensors.tensors.values(), tensors.metadata);
    await writeFile(join(original, 'model.safetensors'), bytes);
    const text = SMALL.replace(/ {2}init: .*/, '  checkpoint: model.safetensors');
    await writeFile(join(original, 'config.yaml'), text);
    const folder = join(root, 'moved');
    const made = await cli(['generate', join(original, 'config.yaml'), '-o', folder]);
    expect(made).toMatchObject({ stderr: '', exitCode: 0 });
    const stored = join(root, 'stored.safetensors');
    await cli(['quantize', join(original, 'config.yaml'), '-o', stored]);
    expect(await readFile(join(folder, 'network.safetensors'))).toEqual(await readFile(stored));

    const before = await cli(['plan', join(original, 'config.yaml'), '--json']);
    await rm(original, { recursive: true });
    const args = ['plan', join(folder, 'config.yaml'), '--json'];
    const after = await cli(args);
    // Only the notes on how the checkpoint was understood are gone with the checkpoint.
    const { models, ...plan } = JSON.parse(before.stdout) as Record<string, unknown>;
    expect(models).toHaveLength(1);
    expect(JSON.parse(after.stdout)).toEqual(plan);
    expect(after).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await cli(['estimate', join(folder, 'config.yaml')])).exitCode).toBe(0);
    // Another config has no right to these integers.
    await writeFile(join(folder, 'config.yaml'), text.replace('  b: 8', '  b: 7'));
    expect((await cli(args)).stderr).toContain('model.safetensors');
  });

  it('refuses to lose what somebody edited, and names it', async () => {
    const folder = await generate('edited');
    await writeFile(join(folder, 'rtl', 'qs5_rom.v'), 'mine');
    await writeFile(join(folder, 'README.md'), 'mine');
    await mkdir(join(folder, 'notes'));
    await writeFile(join(folder, 'notes', 'todo.txt'), 'mine');
    await rm(join(folder, 'files.f'));
    const { exitCode, stderr } = await cli(['generate', config, '-o', folder]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('E_OUTPUT');
    expect(stderr).toContain('Files were edited: README.md, rtl/qs5_rom.v.');
    expect(stderr).toContain('Files were added: notes/todo.txt.');
    expect(stderr).toContain('--force');
    expect(await readFile(join(folder, 'rtl', 'qs5_rom.v'), 'utf8')).toBe('mine');

    const forced = await cli(['generate', config, '-o', folder, '--force']);
    expect(forced).toMatchObject({ stderr: '', exitCode: 0 });
    expect(await readFile(join(folder, 'rtl', 'qs5_rom.v'), 'utf8')).toContain('module qs5_rom');
    expect(await readdir(folder)).not.toContain('notes');
  });

  it('--force leaves alone what qs5 did not write', async () => {
    const folder = join(root, 'theirs');
    await mkdir(folder);
    await writeFile(join(folder, 'thesis.tex'), 'mine');
    const { exitCode } = await cli(['generate', config, '-o', folder, '--force']);
    expect(exitCode).toBe(1);
    expect(await readdir(folder)).toEqual(['thesis.tex']);
  });

  it('writes through a link', async () => {
    const target = await generate('linked');
    const link = join(root, 'link');
    await symlink('linked', link);
    const other = await cli(['generate', config, '-o', link, '--sequences', '2']);
    expect(other).toMatchObject({ stderr: '', exitCode: 0 });
    expect(await readlink(link)).toBe('linked');
    expect(await readFile(join(target, 'README.md'), 'utf8')).toContain('checks 256 beats');
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
