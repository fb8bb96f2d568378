import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fitCalibration } from '../../src/prove/calibrate/fit.js';
import { fitClock } from '../../src/prove/calibrate/clock.js';
import { FAMILY_NAMES } from '../../src/hardware/device/families/index.js';
import {
  loadCalibration,
  parseCalibration,
  printCalibration,
} from '../../src/hardware/estimate/calibration.js';
import { CALIBRATION_FOLDER } from '../../src/hardware/estimate/stored.js';
import { loadClock, parseClock } from '../../src/hardware/estimate/clock.js';
import { libraryPaths } from '../../src/hardware/folder/library.js';
import { caught } from '../checkpoint/caught.js';

const LIBRARY = await libraryPaths();
const CALIBRATED = FAMILY_NAMES.filter((family) => loadCalibration(family) !== undefined);

describe('the calibrations that come with qs5', () => {
  it('are there of every family whose netlists are proved', () => {
    expect(CALIBRATED).toEqual(expect.arrayContaining(['ice40', 'ecp5', 'xc7']));
  });

  it.each(CALIBRATED)('%s: the forms are those of its points', (family) => {
    const calibration = loadCalibration(family);
    if (calibration === undefined) throw new Error(`no calibration of ${family}`);
    const { modules, error, points } = calibration;
    for (const module of Object.keys(modules)) expect([...LIBRARY.keys()]).toContain(module);
    expect(fitCalibration(points)).toEqual({ modules, error });
    const text = printCalibration(calibration);
    expect(text).toBe(readFileSync(new URL(`${family}.json`, CALIBRATION_FOLDER), 'utf8'));
    expect(parseCalibration(text, 'x')).toEqual(calibration);
  });

  it('the delays of each clock are those of its points', () => {
    const files = readdirSync(CALIBRATION_FOLDER).filter((name) => name.startsWith('clock-'));
    for (const file of files) {
      const clock = loadClock(file.slice('clock-'.length, -'.json'.length));
      expect(fitClock(clock?.points ?? [])).toEqual({ delays: clock?.delays, error: clock?.error });
    }
  });
});

describe('files that are not calibrations', () => {
  it.each(['', '{', '{}', '{"family": 3}'])('%j', (text) => {
    for (const parse of [parseCalibration, parseClock]) {
      const error = caught(() => parse(text, 'a.json'));
      expect(error).toContain('E_FILE');
      expect(error).toContain('a.json');
    }
  });
});
