import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { check } from './api_example.js';

const page = readFileSync('docs/api.md', 'utf8');

/** Names that src/index.ts exports, types included. */
function exportedNames(): string[] {
  const text = readFileSync('src/index.ts', 'utf8');
  return [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.replace(/^\s*(type )?/, '').trim()),
  );
}

it('docs/api.md has a heading for each export, and for no other name', () => {
  const headings = [...page.matchAll(/^### `(\w+)/gm)].map(([, name]) => name);
  expect(headings.sort()).toEqual(exportedNames().sort());
});

it('docs/api.md names a source file for each function', () => {
  for (const [, section = ''] of page.matchAll(/^### `\w+\(.*\n([^#]*)/gm)) {
    const [, source = ''] = /Source: `(src\/[\w/]+\.ts)`/.exec(section) ?? [];
    expect(() => readFileSync(source)).not.toThrow();
  }
});

it('the example of docs/api.md compiles and runs', async () => {
  const [, shown = ''] = /```ts\n([^`]*)```/.exec(page) ?? [];
  const tested = readFileSync('tests/docs/api_example.ts', 'utf8');
  const plain = (text: string) =>
    text
      .replaceAll(/\s+/g, ' ')
      .replace(/,(?= \})/g, '')
      .trim();
  expect(plain(shown)).toBe(plain(tested.replace("'../../src/index.js'", "'qs5'")));
  expect(await check('configs/tiny.yaml')).toMatchObject({ status: 'pass' });
});
