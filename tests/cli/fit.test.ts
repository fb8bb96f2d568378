import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitOf } from '../../src/hardware/device/budget.js';
import { loadDevice } from '../../src/hardware/device/device.js';
import { estimatePlan } from '../../src/hardware/estimate/estimate.js';
import { SMALL } from '../config/small.js';
import { cli } from './in_process.js';
import { shippedDesign } from '../shipped.js';

/** 64 multipliers and more for B, of a device that has 8. */
const TOO_LARGE = `${SMALL.replace('xc7a35t', 'ice40up5k')}folding: { b: { pe: 8, simd: 8 } }\n`;

let root = '';
const at = (name: string) => join(root, name);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'qs5-fit-'));
  await writeFile(at('large.yaml'), TOO_LARGE);
  await writeFile(at('small.yaml'), SMALL);
  await writeFile(at('cyclone.yaml'), SMALL.replace('xc7a35t', '5ceba4'));
});
afterAll(async () => rm(root, { recursive: true, force: true }));

const COMMANDS = ['plan', 'estimate', 'generate'] as const;
const argvOf = (command: string, name: string) => [
  ...[command, at(name)],
  ...(command === 'generate' ? ['-o', at(`${name}.out`)] : []),
];

interface FitJson {
  readonly device: string;
  readonly fits: boolean | null;
  readonly lacking: readonly { resource: string; need: number; available: number }[];
  readonly unknown: readonly string[];
}

describe('a design that does not fit its device', () => {
  it.each(COMMANDS)('is reported by %s: exit code 4 and fits: false', async (command) => {
    const argv = argvOf(command, 'large.yaml');
    const { exitCode, stdout } = await cli([...argv, '--json']);
    expect(exitCode).toBe(4);
    const { device, fits, lacking } = JSON.parse(stdout) as FitJson;
    expect([device, fits]).toEqual(['ice40up5k', false]);
    const dsp = lacking.find(({ resource }) => resource === 'dsp');
    expect(dsp?.available).toBe(8);
    expect(dsp?.need).toBeGreaterThanOrEqual(64);
  });

  it.each(COMMANDS)('is reported by %s before its tables', async (command) => {
    const argv = argvOf(command, 'large.yaml');
    const { exitCode, stdout } = await cli(argv);
    expect(exitCode).toBe(4);
    const line = stdout
      .split('\n')
      .findIndex((text) => /on ice40up5k: DOES NOT FIT; it needs .*DSP: /.test(text));
    expect(line).toBeGreaterThanOrEqual(0);
    expect(line).toBeLessThanOrEqual(1);
  });

  it('is generated all the same, with a warning on stderr', async () => {
    const { exitCode, stderr } = await cli(['generate', at('large.yaml'), '-o', at('out')]);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(
      /^warning: qs5_small on ice40up5k: DOES NOT FIT; it needs .*DSP: \d+ of 8/m,
    );
    expect(await readFile(at('out/rtl/qs5_small.v'), 'utf8')).toContain('module qs5_small');
  });
});

describe('a design that fits', () => {
  it.each(COMMANDS)('is reported by %s', async (command) => {
    const argv = argvOf(command, 'small.yaml');
    const { exitCode, stdout, stderr } = await cli([...argv, '--json']);
    expect(exitCode).toBe(0);
    expect(stderr).not.toContain('warning');
    expect(JSON.parse(stdout)).toMatchObject({ fits: true, lacking: [], unknown: [] });
    expect((await cli(argv)).stdout).toContain('on xc7a35t: fits; tightest resource DSP: 7 of 90');
  });

  it('is not known where a family has no estimate of LUTs', async () => {
    for (const command of COMMANDS) {
      const argv = argvOf(command, 'cyclone.yaml');
      const { exitCode, stdout } = await cli([...argv, '--json']);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ fits: null, unknown: ['lut', 'ff'] });
      expect((await cli(argv)).stdout).toContain(
        'no estimate of LUT and flip-flops for this family',
      );
    }
  });
});

describe('fitOf', () => {
  it('names the scarcest first, one that the device has none of before all', () => {
    const device = loadDevice('ice40hx8k');
    const { luts, block_ram: ram } = device;
    const used = { lut: luts + 1, ff: 0, dsp: 1, bram: 2 * ram.count };
    expect(fitOf(used, device).lacking.map(({ resource }) => resource)).toEqual([
      'dsp',
      'bram',
      'lut',
    ]);
    expect(fitOf({ ...used, ff: null }, device).fits).toBe(false);
    expect(fitOf({ lut: luts, ff: 0, dsp: 0, bram: ram.count }, device)).toEqual({
      fits: true,
      lacking: [],
      unknown: [],
    });
  });
});

describe('shipped configs', async () => {
  const names = (await readdir('configs')).filter((name) => name.endsWith('.yaml'));
  it.each(names)('%s fits its device', async (name) => {
    const { plan, loaded } = await shippedDesign(name.replace(/\.yaml$/, ''));
    expect(estimatePlan(plan, loadDevice(loaded.config.device)).lacking).toEqual([]);
  });
});
