import { spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeWhole } from '../../src/app/commands/output_file.js';
import { writeFolder } from '../../src/hardware/folder/write_folder.js';
import { draftOf } from '../../src/tools/draft.js';
import { compileCli } from '../cli/compiled.js';
import { temporaryFolder } from './fake_tools.js';

const folder = temporaryFolder();
const dist = join(compileCli(), '..');
const MANIFEST = '{ "generator": "qs5 0.0.0" }';

/** A process that begins to write a file and a folder, and hangs in the middle of both. */
async function hanging(place: string): Promise<ChildProcess> {
  const program = `
    const { draftOf } = await import(${JSON.stringify(join(dist, 'tools', 'draft.js'))});
    const { mkdirSync, writeFileSync } = await import('node:fs');
    writeFileSync(draftOf(${JSON.stringify(join(place, 'file'))}), 'half');
    const folder = draftOf(${JSON.stringify(join(place, 'folder'))});
    mkdirSync(folder);
    writeFileSync(folder + '/half', '');
    process.stdout.write('writing');
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  await once(child.stdout, 'data');
  return child;
}

const drafts = (place: string) => readdirSync(place).filter((name) => name.includes('qs5-draft'));

describe('drafts', () => {
  it('of a killed process are removed by the next run, those of a living one are not', async () => {
    const place = join(folder, 'drafts');
    mkdirSync(place);
    const [killed, living] = [await hanging(place), await hanging(place)];
    try {
      expect(drafts(place)).toHaveLength(4);
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      await writeWhole(join(place, 'file'), 'whole');
      await writeFolder(join(place, 'folder'), new Map([['a', '']]));
      const left = drafts(place);
      expect(left).toHaveLength(2);
      for (const name of left) expect(name).toContain(`-${living.pid}-`);
      expect(readFileSync(join(place, 'file'), 'utf8')).toBe('whole');
      expect(existsSync(join(place, 'folder', 'a'))).toBe(true);
    } finally {
      living.kill('SIGKILL');
    }
  });

  it('of another machine, and of other files, stay', async () => {
    const place = join(folder, 'others');
    mkdirSync(place);
    const elsewhere = draftOf(join(place, 'file')).replace(
      /draft-[0-9a-f]{8}-\d+/,
      'draft-00000000-1',
    );
    writeFileSync(elsewhere, '');
    writeFileSync(join(place, '.file.qs5-draft'), '');
    await writeWhole(join(place, 'file'), 'whole');
    expect(readdirSync(place)).toHaveLength(3);
  });
});

describe('writeWhole', () => {
  it('writes through a link, also to a file that is not there yet', async () => {
    const place = join(folder, 'links');
    mkdirSync(place);
    for (const name of ['there', 'missing']) {
      if (name === 'there') writeFileSync(join(place, name), 'old', { mode: 0o600 });
      symlinkSync(name, join(place, `to-${name}`));
      await writeWhole(join(place, `to-${name}`), 'new');
      expect(readlinkSync(join(place, `to-${name}`))).toBe(name);
      expect(readFileSync(join(place, name), 'utf8')).toBe('new');
    }
    expect(statSync(join(place, 'there')).mode & 0o777).toBe(0o600);
  });

  it('does not replace a device', async () => {
    symlinkSync('/dev/null', join(folder, 'null'));
    await writeWhole(join(folder, 'null'), 'gone');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('says so of a folder, and of links in a circle', async () => {
    const failure = { code: 'E_OUTPUT' };
    await expect(writeWhole(folder, '')).rejects.toMatchObject(failure);
    symlinkSync('circle', join(folder, 'circle'));
    await expect(writeWhole(join(folder, 'circle'), '')).rejects.toMatchObject(failure);
  });
});

describe('writeFolder', () => {
  it('writes through a link, and keeps the old folder when it fails', async () => {
    const place = join(folder, 'folders');
    mkdirSync(place);
    await writeFolder(join(place, 'out'), new Map([['manifest.json', MANIFEST]]));
    symlinkSync('out', join(place, 'link'));
    const files = new Map([
      ['manifest.json', MANIFEST],
      ['b', ''],
    ]);
    await writeFolder(join(place, 'link'), files);
    expect(readlinkSync(join(place, 'link'))).toBe('out');
    expect(readdirSync(join(place, 'out'))).toEqual(['b', 'manifest.json']);
    expect(readdirSync(place)).toEqual(['link', 'out']);
  });
});
