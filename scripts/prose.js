/**
 * Checks the English of the project by the rules of docs/style.md: `npm run prose`, a part of
 * `npm run lint`. With paths it checks only these.
 */
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { pieces } from './prose/pieces.js';
import { check } from './prose/rules.js';

const CHECKED = [
  'README.md',
  'CHANGELOG.md',
  'docs',
  'src',
  'rtl',
  'sim',
  'testbenches',
  'tests',
  'bench',
  'kernels',
  'configs',
  'data/mnist-test/README.md',
  'scripts',
  '.ci/run',
  'eslint.config.js',
  'vitest.config.ts',
];

/** Expected outputs and inputs that are wrong on purpose. The rules have wrong examples. */
const SKIPPED = [
  'configs/invalid',
  'scripts/prose/rules.js',
  'tests/docs/prose.test.ts',
  'src/network/emulate/fast/kernel_bytes.ts',
];

const inside = (file, folders) => folders.some((one) => file === one || file.startsWith(`${one}/`));

async function filesOf(path) {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/__(golden|snapshots)__/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name));
}

const wanted = process.argv.slice(2).map((path) => path.replace(/\/$/, ''));
const files = (await Promise.all((wanted.length > 0 ? wanted : CHECKED).map(filesOf)))
  .flat()
  .filter((file) => !inside(file, SKIPPED))
  .sort();

let faults = 0;
for (const file of files) {
  for (const one of pieces(file, await readFile(file, 'utf8')) ?? []) {
    for (const { line, name, hint, text } of check(one)) {
      faults++;
      const start = text.length > 90 ? `${text.slice(0, 87)}...` : text;
      process.stdout.write(`${file}:${line}  ${name}: ${start}\n    ${hint}\n`);
    }
  }
}
if (faults > 0) {
  process.stdout.write(`${faults} breaks of the rules of prose (docs/style.md)\n`);
  process.exitCode = 1;
}
