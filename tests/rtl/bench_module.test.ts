import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { corners } from './corners/all.js';
import { temporaryFolder } from './harness.js';

/** `npm run bench:module`, on the module that is built and simulated the fastest. */
const MODULE = 'qs5_reset';
const names = corners.filter(({ module }) => module === MODULE).map(({ name }) => name);
const folder = temporaryFolder();

const bench = (...args: string[]) =>
  execa('sh', ['scripts/bench_module.sh', ...args], { reject: false });

/** Scopes of a VCD file, and the times at which a signal changes. */
function contents(file: string) {
  const text = readFileSync(file, 'utf8');
  const found = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name);
  return { scopes: found(/\$scope module (\S+) \$end/g), times: found(/^#(\d+)$/gm) };
}

it('both simulators write waves of every corner', async () => {
  const waves = join(folder, 'both');
  const { exitCode, stdout } = await bench(MODULE, '--wave', waves);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('passed')]);
  const files = readdirSync(waves);
  expect(files).toHaveLength(names.length + 1);
  for (const file of files) {
    const { scopes, times } = contents(join(waves, file));
    const duts = scopes.filter((name) => name === 'u_dut').length;
    expect([file, duts]).toEqual([file, file.includes('verilator') ? names.length : 1]);
    expect(times.length).toBeGreaterThan(20);
  }
});

it('--with icarus writes the waves of Icarus alone', async () => {
  const waves = join(folder, 'icarus');
  const { exitCode } = await bench(MODULE, '--with', 'icarus', '--wave', waves);
  const files = readdirSync(waves);
  expect([exitCode, files.length]).toEqual([0, names.length]);
  expect(files.filter((file) => file.includes('verilator'))).toEqual([]);
});

it('--help names both simulators and their waves', async () => {
  const { exitCode, stdout } = await bench('--help');
  expect(exitCode).toBe(0);
  for (const part of ['--with verilator --wave', 'Icarus writes', 'Verilator one VCD file']) {
    expect(stdout).toContain(part);
  }
});

it.each([
  [[], 'npm run bench:module'],
  [['qs5_none'], 'rtl/ has no module qs5_none'],
  [[MODULE, '--with', 'vcs'], '--with takes icarus or verilator'],
  [[MODULE, '--wave'], 'npm run bench:module'],
])('%j is refused', async (args, message) => {
  const { exitCode, stderr } = await bench(...args);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
});
