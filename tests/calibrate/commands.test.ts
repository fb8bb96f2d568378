import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { devicesOf } from '../../src/prove/calibrate/calibrate.js';
import { randomDesigns } from '../../src/prove/calibrate/collect.js';
import { FAMILY_NAMES } from '../../src/hardware/device/families/index.js';
import { loadCalibration, parseCalibration } from '../../src/hardware/estimate/calibration.js';
import { rejected } from '../checkpoint/caught.js';
import { cli } from '../cli/in_process.js';
import { SMALL } from '../config/small.js';
import { script, temporaryFolder } from '../tools/fake_tools.js';

const folder = temporaryFolder();
const config = join(folder, 'small.yaml');
writeFileSync(config, SMALL.replace('features: 8, state_size: 4', 'features: 4, state_size: 2'));
const real = process.env as Record<string, string>;

/** Designs of a calibration in which every module occurs. */
const MANY = 40;

describe('random designs', () => {
  it('are the same for the same seed, and need nothing that is not calibrated', async () => {
    for (const family of FAMILY_NAMES) {
      const calibration = loadCalibration(family);
      if (calibration === undefined) continue;
      const { modules } = calibration;
      const names: string[] = [];
      const drawing = { seed: 2, count: 12, devices: devicesOf(family) };
      for await (const { design, device } of randomDesigns(drawing)) {
        expect(device.family).toBe(family);
        names.push(design.plan.name);
        for (const { module, paths } of design.plan.blocks) {
          // The sum of a carry chain is a level.
          const odd = paths.filter(({ levels, carry }) => levels < Math.min(1, carry));
          expect([module, odd]).toEqual([module, []]);
        }
        // Few designs do not have every module in them.
        if (calibration.designs < MANY) continue;
        for (const { module } of design.plan.blocks) expect(modules).toHaveProperty(module);
      }
      const again: string[] = [];
      for await (const { design } of randomDesigns(drawing)) again.push(design.plan.name);
      expect(again).toEqual(names);
    }
  });

  it('end where none is taken', async () => {
    const drawing = { seed: 1, count: 1, devices: ['xc7a35t'], accept: () => false };
    expect(await rejected(randomDesigns(drawing).next())).toContain('E_FOLDING');
  });
});

describe('qs5 dev calibrate', () => {
  it('writes a file per family', async () => {
    const args = [
      'dev',
      'calibrate',
      '-o',
      folder,
      '--families',
      'ecp5',
      '--designs',
      '1',
      '--json',
    ];
    const { exitCode, stdout } = await cli(args, real);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ family: 'ecp5', designs: 1, seed: 1 }]);
    const text = readFileSync(join(folder, 'ecp5.json'), 'utf8');
    const { points, modules } = parseCalibration(text, 'ecp5.json');
    expect(Object.keys(modules).length).toBeGreaterThan(8);
    for (const { module, lut, ff } of points) {
      if (module === 'qs5_axis_in') expect(Math.min(lut, ff)).toBeGreaterThan(10);
    }
  });

  it('leaves what was there where Yosys fails', async () => {
    const path = script(
      folder,
      'broken',
      'case "$1" in -V) echo "Yosys 9.9 (git sha1 1)";; *) exit 7;; esac',
    );
    const args = [
      'dev',
      'calibrate',
      '-o',
      join(folder, 'none'),
      '--families',
      'ecp5',
      '--designs',
      '1',
    ];
    const { exitCode, stderr } = await cli([...args, '--yosys', 'native'], {
      ...real,
      QS5_YOSYS: path,
    });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('E_TOOL_FAILED');
    expect(existsSync(join(folder, 'none', 'ecp5.json'))).toBe(false);
  });

  it('refuses a family that is not there', async () => {
    const { exitCode, stderr } = await cli([
      'dev',
      'calibrate',
      '-o',
      folder,
      '--families',
      'virtex',
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('E_USAGE');
  });
});

describe('qs5 dev holdout', () => {
  it('refuses designs that the estimates were fitted to', async () => {
    const seed = String(loadCalibration('xc7')?.seed);
    const { exitCode, stderr } = await cli(['dev', 'holdout', '--families', 'xc7', '--seed', seed]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('E_USAGE');
    expect(stderr).toContain('choose another seed');
  });

  it('holds estimates against synthesis, and proves the netlist', async () => {
    const page = join(folder, 'estimates.md');
    const args = [config, '--designs', '0', '--markdown', page, '--json'];
    const { exitCode, stdout } = await cli(['dev', 'holdout', ...args], real);
    expect(exitCode).toBe(0);
    const { families, designs } = JSON.parse(stdout) as {
      families: Record<string, object>;
      designs: { measured: object; netlistMismatches: number; asPlanned: boolean }[];
    };
    expect(families['xc7']).toMatchObject({
      designs: 1,
      exact: { dsp: 1, bram: 1 },
      netlistMismatches: 0,
    });
    expect(designs).toMatchObject([{ netlistMismatches: 0, asPlanned: true }]);
    expect(readFileSync(page, 'utf8')).toContain('| family | designs |');
  });
});
