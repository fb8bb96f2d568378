import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFolder } from '../../src/hardware/folder/write_folder.js';
import { temporaryFolder } from '../tools/fake_tools.js';

const folder = temporaryFolder();
const MANIFEST = '{ "generator": "qs5 0.0.0" }';
const place = (name: string) => {
  const inside = join(folder, name);
  mkdirSync(inside);
  return inside;
};

/** Files that cannot all be written: `rtl` is a file and a folder. */
const IMPOSSIBLE = new Map([
  ['manifest.json', MANIFEST],
  ['rtl', ''],
  ['rtl/top.v', ''],
]);

describe('writeFolder', () => {
  it('makes the folders above it', async () => {
    const target = join(place('deep'), 'a', 'b');
    await writeFolder(target, new Map([['rtl/top.v', 'module top;']]));
    expect(readFileSync(join(target, 'rtl', 'top.v'), 'utf8')).toBe('module top;');
  });

  it('leaves nothing half-written when it fails', async () => {
    const parent = place('fails');
    await expect(writeFolder(join(parent, 'out'), IMPOSSIBLE)).rejects.toMatchObject({
      code: 'E_OUTPUT',
      message: expect.stringMatching(/^The folder cannot be written: E/) as string,
    });
    expect(readdirSync(parent)).toEqual([]);
  });

  it('leaves what was there before when it fails', async () => {
    const parent = place('keeps');
    const target = join(parent, 'out');
    await writeFolder(target, new Map([['manifest.json', MANIFEST]]));
    await expect(writeFolder(target, IMPOSSIBLE)).rejects.toThrow('cannot be written');
    expect(readdirSync(parent)).toEqual(['out']);
    expect(readdirSync(target)).toEqual(['manifest.json']);
  });

  it('takes an empty folder, and no file', async () => {
    const parent = place('empty');
    mkdirSync(join(parent, 'out'));
    await writeFolder(join(parent, 'out'), new Map([['a', '']]));
    expect(existsSync(join(parent, 'out', 'a'))).toBe(true);

    writeFileSync(join(parent, 'file'), 'mine');
    await expect(writeFolder(join(parent, 'file'), new Map())).rejects.toMatchObject({
      code: 'E_OUTPUT',
      message: 'There is a file of this name.',
    });
    expect(readFileSync(join(parent, 'file'), 'utf8')).toBe('mine');
  });

  it('does not take the manifest of another program for its own', async () => {
    const target = place('others');
    writeFileSync(join(target, 'manifest.json'), '{ "generator": "webpack" }');
    await expect(writeFolder(target, new Map([['a', '']]))).rejects.toThrow(
      'The folder holds files that qs5 did not write.',
    );
  });
});
