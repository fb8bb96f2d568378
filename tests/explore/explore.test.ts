import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { loadDevice } from '../../src/hardware/device/device.js';
import { explore } from '../../src/study/explore/explore.js';
import { fastestOn } from '../../src/study/explore/fastest.js';
import { cli } from '../cli/in_process.js';
import { SMALL } from '../config/small.js';
import { temporaryFolder } from '../tools/fake_tools.js';

const folder = temporaryFolder();
const config = join(folder, 'small.yaml');
writeFileSync(config, SMALL);

const options = (device: string) => ({
  device: loadDevice(device),
  quantize: quantizeModel,
  ...{ samples: 0, threads: 1, signal: new AbortController().signal, progress: () => undefined },
});
const variant = {
  label: 'unchanged',
  loaded: parseConfig(SMALL.replace(/^folding.*$/m, ''), 'small.yaml'),
};

describe('explore', () => {
  it('gives designs that fit, none of which beats another', async () => {
    const { best, tried, fitting } = await explore([variant], options('xc7a35t'));
    expect(best.length).toBeGreaterThan(1);
    expect(fitting).toBeLessThanOrEqual(tried);
    for (const one of best) {
      expect(one.estimate.over).toEqual([]);
      expect(one.binding).not.toBe('');
      const beaten = best.some(
        ({ estimate: { intervalCycles, resources } }) =>
          intervalCycles < one.estimate.intervalCycles &&
          (resources.lut ?? 0) < (one.estimate.resources.lut ?? 0) &&
          resources.dsp < one.estimate.resources.dsp &&
          resources.bram < one.estimate.resources.bram,
      );
      expect(beaten).toBe(false);
    }
  });

  it('names what a faster design lacks on a device that is small', async () => {
    const { best } = await explore([variant], options('ice40up5k'));
    expect(best[0]?.binding).toMatch(/^at \d+: .*DSP: \d+ of 8/);
  });
});

describe('fastestOn', () => {
  it('is the fastest of those that explore finds', async () => {
    const quantized = await quantizeModel(variant.loaded);
    const pause = async () => Promise.resolve();
    for (const device of ['xc7a35t', 'ice40up5k']) {
      const { best } = await explore([variant], options(device));
      const { design } = await fastestOn(quantized, loadDevice(device), pause);
      expect(design?.estimate.intervalCycles).toBe(best[0]?.estimate.intervalCycles);
    }
  });
});

describe('qs5 explore and devices', () => {
  it('print tables, JSON and Markdown', async () => {
    const page = join(folder, 'best.md');
    const args = ['explore', config, '--vary', 'weights=8,4', '--markdown', page];
    const text = await cli(args);
    expect(text.exitCode).toBe(0);
    expect(text.stdout).toContain('weights 4');
    expect(text.stdout).toContain('limited by');
    const json = JSON.parse((await cli([...args, '--json'])).stdout) as { best: unknown[] };
    expect(json.best.length).toBeGreaterThan(0);
    const devices = await cli(['devices', config, '--devices', 'ice40up5k', 'xc7a35t', '--json']);
    expect(JSON.parse(devices.stdout)).toMatchObject([
      { config: 'small', devices: [{ device: 'ice40up5k' }, { device: 'xc7a35t', fits: true }] },
    ]);
  });

  it.each([
    [['explore', 'CONFIG', '--vary', 'weights'], 'It must be like weights=8,6,4.'],
    [['explore', 'CONFIG', '--vary', 'weights=99'], 'precision.b'],
    [['explore', 'CONFIG', '--device', 'virtex-1'], 'There is no device "virtex-1".'],
    [['devices', 'CONFIG', '--devices', 'virtex-1'], 'There is no device "virtex-1".'],
    [['explore', 'CONFIG', '--vary', 'foo=1'], '--vary foo 1'],
    [['explore', 'CONFIG', '--vary', 'weights=8,,4'], 'It must be like weights=8,6,4.'],
    [['explore', 'CONFIG', '--markdown', 'CONFIG/x.md'], 'E_OUTPUT'],
  ])('refuse %j', async (args, message) => {
    const { exitCode, stderr } = await cli(args.map((arg) => arg.replace('CONFIG', config)));
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
  });
});
