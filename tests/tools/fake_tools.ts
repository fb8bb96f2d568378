import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { TOOL_NAMES, toolInfo } from '../../src/tools/registry.js';
import type { ToolName } from '../../src/tools/registry.js';

/** A folder, with a space in its name, that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qs5 test-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Writes a shell script and returns its path. */
export function script(folder: string, name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** First lines that the tools really print. */
export const VERSION_TEXTS: Readonly<Record<ToolName, string>> = {
  verilator: 'Verilator 5.006 2023-01-22 rev (Debian 5.006-3)',
  iverilog: 'Icarus Verilog version 11.0 (stable) ()',
  vvp: 'Icarus Verilog runtime version 11.0 (stable) ()',
  make: 'GNU Make 4.3',
  'g++': 'g++ (Debian 12.2.0-14+deb12u1) 12.2.0',
  yosys: 'Yosys 0.23 (git sha1 7ce5011c24b)',
  'nextpnr-ice40': 'nextpnr-ice40 -- Next Generation Place and Route (Version 0.4-1+b1)',
  'nextpnr-ecp5':
    '"nextpnr-ecp5" -- Next Generation Place and Route (Version nextpnr-0.8-12-g1234567)',
  'nextpnr-himbaechel':
    '"nextpnr-himbaechel" -- Next Generation Place and Route (Version nextpnr-0.8-12-g1234567)',
  npm: '10.8.2',
};

/** Overrides for every tool: scripts that print their version; `changes` names other files. */
export function fakeTools(
  folder: string,
  changes: Partial<Record<ToolName, string>> = {},
): Record<string, string> {
  const entries = TOOL_NAMES.map((tool) => {
    const path = changes[tool] ?? script(folder, tool, `echo '${VERSION_TEXTS[tool]}'`);
    return [toolInfo(tool).override, path] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * True if a process ends. A zombie has ended. The limit is a number of checks, which take longer on
 * a busy machine.
 */
export async function hasEnded(pid: number): Promise<boolean> {
  for (let i = 0; i < 4000; i++) {
    const { status, stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)]);
    if (status !== 0 || stdout.toString().startsWith('Z')) return true;
    await new Promise((done) => setTimeout(done, 50));
  }
  return false;
}
