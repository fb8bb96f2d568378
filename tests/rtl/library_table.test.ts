import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { libraryPaths } from '../../src/hardware/folder/library.js';
import { RTL_SOURCES } from './harness.js';

const README = readFileSync('rtl/README.md', 'utf8');
const CONTRACTS = 'src/hardware/blocks';

interface Row {
  readonly module: string;
  readonly path: string;
  readonly users: readonly string[];
}

/** Rows of the tables: a module, its link, and the last cell. */
const rows: readonly Row[] = README.split('\n').flatMap((line) => {
  const match = /^\| \[`(qs5_\w+)`\]\(([\w/.]+)\) .*\| ([^|]*) \|$/.exec(line);
  if (match === null) return [];
  const [, module = '', path = '', users = ''] = match;
  return [{ module, path: `rtl/${path}`, users: users.trim().split(', ') }];
});

/** Modules that instantiate a module, and the contract of a block. */
function usersOf(module: string): string[] {
  const instance = new RegExp(`^\\s*${module}\\s+(#|u_)`, 'm');
  const modules = Object.entries(RTL_SOURCES)
    .filter(([file, text]) => file !== `${module}.v` && instance.test(text))
    .map(([file]) => file.slice(0, -'.v'.length))
    .sort();
  const named = new RegExp(`(module:|RESET_MODULE =) '${module}'`);
  const contracts = readdirSync(CONTRACTS)
    .filter((file) => named.test(readFileSync(join(CONTRACTS, file), 'utf8')))
    .map((file) => `[${file}](../${CONTRACTS}/${file})`);
  return [...modules.map((name) => `\`${name}\``), ...contracts];
}

describe('the table in rtl/README.md', () => {
  it('names every module of rtl/ in its folder, once, and nothing else', async () => {
    const listed = rows.map(({ module, path }) => [module, path]);
    expect(listed.sort()).toEqual([...(await libraryPaths())].sort());
  });

  it.each(rows)('says what uses $module', ({ module, users }) => {
    expect(users).toEqual(usersOf(module));
  });

  it('has a section for every folder', async () => {
    const folders = new Set([...(await libraryPaths()).values()].map((path) => dirname(path)));
    const sections = [...README.matchAll(/^## (\w+):/gm)].map(([, name = '']) => `rtl/${name}`);
    expect(new Set(sections)).toEqual(folders);
  });
});
