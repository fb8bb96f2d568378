import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runTool } from '../src/tools/run.js';
import { TOOL_NAMES } from '../src/tools/registry.js';
import { rejected } from './checkpoint/caught.js';
import { fileOf, RTL, SLOW } from './tiers.js';

const named = [...RTL, ...SLOW];
const all = readdirSync('tests', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => name.replaceAll('\\', '/').replace(/\.test\.ts$/, ''));

it('every test file is in one tier', () => {
  expect(named.filter((name) => !existsSync(fileOf(name)))).toEqual([]);
  expect(named.filter((name, i) => named.indexOf(name) !== i)).toEqual([]);
  expect(all.length).toBeGreaterThan(named.length);
});

it.each(TOOL_NAMES)('a unit test cannot run %s', async (tool) => {
  expect(await rejected(runTool({ tool, args: [], timeoutMs: 60_000 }))).toContain(
    'E_TOOL_MISSING',
  );
});

it('a unit test does not run the Yosys that comes with qs5', () => {
  const runs = /from '(.*\/rtl\/(harness|yosys)|@yowasp\/.*)(\.js)?'|chooseYosys\(|runYosys\(/;
  const found = all
    .filter((name) => !named.includes(name))
    .filter((name) => runs.test(readFileSync(fileOf(name), 'utf8')));
  expect(found).toEqual([]);
});

it('a unit test mocks no module, because the files of a worker share modules', () => {
  const found = all
    .filter((name) => !named.includes(name) && name !== 'tiers')
    .filter((name) => /vi\.(do)?mock\(/i.test(readFileSync(fileOf(name), 'utf8')));
  expect(found).toEqual([]);
});
