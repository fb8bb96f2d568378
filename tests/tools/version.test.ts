import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Qs5Error } from '../../src/base/errors.js';
import { TOOL_NAMES, toolInfo } from '../../src/tools/registry.js';
import {
  compareVersions,
  parseVersion,
  requireTools,
  toolStatus,
  toolVersion,
} from '../../src/tools/version.js';
import { fakeTools, script, temporaryFolder, VERSION_TEXTS } from './fake_tools.js';

const folder = temporaryFolder();

describe('versions', () => {
  it.each([
    ['verilator', '5.006'],
    ['iverilog', '11.0'],
    ['vvp', '11.0'],
    ['make', '4.3'],
    ['g++', '12.2.0'],
    ['yosys', '0.23'],
    ['nextpnr-ice40', '0.4'],
    ['nextpnr-ecp5', '0.8'],
    ['nextpnr-himbaechel', '0.8'],
    ['npm', '10.8.2'],
  ] as const)('reads that of %s', (tool, version) => {
    expect(parseVersion(tool, VERSION_TEXTS[tool])).toBe(version);
  });

  it('reads those of other makers', () => {
    expect(parseVersion('g++', 'Apple clang version 15.0.0 (clang-1500.3.9.4)')).toBe('15.0.0');
    expect(parseVersion('g++', 'g++ (GCC) 14.2.1 20240912 (Red Hat 14.2.1-3)')).toBe('14.2.1');
    expect(parseVersion('iverilog', 'Icarus Verilog version 12.0 (devel) (s20150603)')).toBe(
      '12.0',
    );
    expect(parseVersion('nextpnr-ice40', '(Version nextpnr-0.7-62-g8ba2ff1d)')).toBe('0.7');
    expect(parseVersion('verilator', 'hello')).toBeUndefined();
  });

  it('compares part by part', () => {
    expect(compareVersions('5.006', '5.006')).toBe(0);
    expect(compareVersions('5.010', '5.006')).toBeGreaterThan(0);
    expect(compareVersions('4.228', '5.006')).toBeLessThan(0);
    expect(compareVersions('12', '11.0')).toBeGreaterThan(0);
    expect(compareVersions('11', '11.0')).toBe(0);
  });

  it('asks a tool, whatever it says on stderr', async () => {
    const body = `echo '${VERSION_TEXTS.iverilog}'; echo 'ivlpp: no such file' >&2; exit 1`;
    const path = script(folder, 'noisy', body);
    const version = await toolVersion('iverilog', { env: { QS5_IVERILOG: path } });
    expect(version).toEqual({ tool: 'iverilog', path, version: '11.0', recent: true });
  });

  it.each(TOOL_NAMES)('reads that of the %s installed here, if it is', async (tool) => {
    const { state, path } = await toolStatus(tool);
    expect(state).not.toBe('broken');
    expect(path === undefined).toBe(state === 'missing');
  });

  it('refuses a program without a version', async () => {
    const path = script(folder, 'other', 'echo hello');
    const run = toolVersion('yosys', { env: { QS5_YOSYS: path } });
    await expect(run).rejects.toMatchObject({
      code: 'E_TOOL_FAILED',
      message: 'yosys -V printed no version that qs5 can read.',
      details: { hint: `is ${path} really yosys?` },
    });
  });

  it('refuses a tool that is too old', async () => {
    const old = script(folder, 'old', "echo 'Verilator 4.038 2020-07-11'");
    const env = fakeTools(folder, { verilator: old });
    const error: unknown = await requireTools(['make', 'verilator'], { env }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Qs5Error);
    expect(error).toMatchObject({
      code: 'E_TOOL_MISSING',
      message: `${old} is version 4.038, which is too old.`,
    });
    expect(await toolStatus('verilator', { env })).toMatchObject({
      state: 'too_old',
      version: '4.038',
    });
    expect(await requireTools(['make'], { env })).toHaveLength(1);
  });

  it('calls a hanging tool broken', async () => {
    const env = { QS5_MAKE: script(folder, 'hang', 'sleep 60') };
    expect(await toolStatus('make', { env, timeoutMs: 200 })).toMatchObject({
      state: 'broken',
      advice: 'make did not end within 0.2 s of its own time and was stopped.',
    });
  });
});

describe('the registry', () => {
  it('knows each tool by its own name, with its own variable', () => {
    expect(TOOL_NAMES.map((tool) => toolInfo(tool).name)).toEqual([...TOOL_NAMES]);
    expect(new Set(TOOL_NAMES.map((tool) => toolInfo(tool).override)).size).toBe(10);
  });

  it('and scripts/setup.sh name the same packages', () => {
    const setup = readFileSync(join('scripts', 'setup.sh'), 'utf8');
    for (const tool of TOOL_NAMES.filter((name) => toolInfo(name).needed)) {
      for (const command of Object.values(toolInfo(tool).install)) {
        const words = command.split(' ').slice(-1);
        for (const word of words) expect(setup).toContain(word);
      }
      expect(setup).toContain(toolInfo(tool).override);
    }
  });
});
