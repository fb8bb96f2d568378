import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERROR_CODES, Qs5Error } from '../../src/base/errors.js';

/** Text of every file below a folder that tests are made of. */
async function textOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile() && /\.(ts|expect|txt|snap)$/.test(e.name));
  const texts = files
    .filter(({ name }) => name !== 'error_codes.test.ts')
    .map(async ({ parentPath, name }) => readFile(join(parentPath, name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

it('every error code has a test of its message', async () => {
  const tests = (await textOf('tests')) + (await textOf('configs/invalid'));
  const untested = Object.keys(ERROR_CODES).filter((code) => !tests.includes(code));
  expect(untested).toEqual([]);
});

it('every error code is raised somewhere', async () => {
  const source = (await textOf('src')).replace(/export const ERROR_CODES[^;]*;/, '');
  const unused = Object.keys(ERROR_CODES).filter((code) => !source.includes(`'${code}'`));
  expect(unused).toEqual([]);
});

it('an error is printed with its place, its code, what is wrong and what to do', () => {
  const error = new Qs5Error('E_FOLDING', {
    path: ['folding', 'layers', 0, 'lanes'],
    message: 'Two lines\nof text.',
    hint: 'do this.',
  });
  expect(error.at({ file: 'a.yaml', line: 3, column: 5 }).format()).toBe(
    'a.yaml:3:5  E_FOLDING  folding.layers[0].lanes\n  Two lines\n  of text.\n  hint: do this.',
  );
});
