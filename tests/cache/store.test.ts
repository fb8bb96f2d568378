import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/jobs/cache/store.js';
import { temporaryFolder } from '../tools/fake_tools.js';

const root = temporaryFolder();
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const file = (folder: string, key: string) => join(folder, `${key}.qs5-cache`);

async function content(folder: string, key: string): Promise<string> {
  const found = await openStore(folder).read(key);
  return found.kind === 'content' ? Buffer.from(found.content).toString() : found.kind;
}

describe('the store of the cache', () => {
  it('gives back what was written, and nothing else', async () => {
    const folder = join(root, 'made', 'on', 'use');
    const store = openStore(folder);
    expect(await store.read('a')).toEqual({ kind: 'none' });
    await store.write('a', bytes('first'));
    await store.write('a', bytes('second'));
    await store.write('b', bytes(''));
    expect([await content(folder, 'a'), await content(folder, 'b')]).toEqual(['second', '']);
    expect(readdirSync(folder).sort()).toEqual(['a.qs5-cache', 'b.qs5-cache']);
  });

  it('knows an entry that was cut off or changed, at every byte', async () => {
    const folder = join(root, 'damaged');
    await openStore(folder).write('a', bytes('content'));
    const whole = readFileSync(file(folder, 'a'));
    for (let i = 0; i < whole.length; i++) {
      writeFileSync(file(folder, 'a'), whole.subarray(0, i));
      expect(await openStore(folder).read('a')).toEqual({
        kind: 'damaged',
        path: file(folder, 'a'),
      });
      const changed = Buffer.from(whole);
      changed[i] = changed.readUInt8(i) ^ 1;
      writeFileSync(file(folder, 'a'), changed);
      expect(await content(folder, 'a')).toBe('damaged');
    }
    await openStore(folder).write('a', bytes('again'));
    expect(await content(folder, 'a')).toBe('again');
  });

  it('removes the entries that were used longest ago, and no file of others', async () => {
    const folder = join(root, 'full');
    const store = openStore(folder, 1000);
    await store.write('kept', bytes('x'.repeat(300)));
    await store.write('old', bytes('x'.repeat(300)));
    writeFileSync(join(folder, 'mine.txt'), 'x'.repeat(2000));
    for (const key of ['kept', 'old']) utimesSync(file(folder, key), 1000, 1000);
    // A read counts as a use.
    await store.read('kept');
    await store.write('new', bytes('x'.repeat(300)));
    expect(readdirSync(folder).sort()).toEqual(['kept.qs5-cache', 'mine.txt', 'new.qs5-cache']);
  });

  it('removes what a killed process left', async () => {
    const folder = join(root, 'leftovers');
    await openStore(folder).write('a', bytes('a'));
    // No process has this number: it is beyond the limit of Linux.
    const own = readdirSync(folder);
    const { draftOf } = await import('../../src/tools/draft.js');
    const draft = draftOf(file(folder, 'b')).replace(`-${process.pid}-`, '-4194305-');
    writeFileSync(draft, 'half');
    await openStore(folder).write('a', bytes('b'));
    expect(readdirSync(folder)).toEqual(own);
  });

  it('does not fail if nothing can be written', async () => {
    const taken = join(root, 'taken');
    writeFileSync(taken, 'a file');
    await openStore(taken).write('a', bytes('a'));
    await openStore('/dev/null/cache').write('a', bytes('a'));
    expect(await content(taken, 'a')).toBe('none');
    const folder = join(root, 'read-only');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    await openStore(folder).write('a', bytes('a'));
    chmodSync(folder, 0o700);
  });

  it('serves many at once', async () => {
    const folder = join(root, 'shared');
    const stores = Array.from({ length: 20 }, () => openStore(folder, 100_000));
    await Promise.all(
      stores.map(async (store, i) => {
        await store.write('same', bytes('same'.repeat(1000)));
        await store.write(`own${i}`, bytes(`own${i}`));
        expect(await content(folder, 'same')).toBe('same'.repeat(1000));
        expect(await content(folder, `own${i}`)).toBe(`own${i}`);
      }),
    );
    expect(readdirSync(folder)).toHaveLength(21);
  });
});
