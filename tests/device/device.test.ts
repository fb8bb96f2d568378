import { describe, expect, it } from 'vitest';
import { deviceNames, loadDevice, parseDevice } from '../../src/hardware/device/device.js';
import { Qs5Error } from '../../src/base/errors.js';
import { caught } from '../checkpoint/caught.js';

const NAMES = [
  ...['5ceba4', 'ecp5-25f', 'ecp5-45f', 'ecp5-85f', 'gw2a-18', 'ice40hx8k', 'ice40up5k'],
  ...['xc7a100t', 'xc7a200t', 'xc7a35t', 'xc7z020', 'xczu3eg'],
];

describe('devices', () => {
  it('are these', () => {
    expect(deviceNames()).toEqual(NAMES);
  });

  it.each(NAMES)('%s loads, under its own name', (name) => {
    const device = loadDevice(name);
    expect(device.name).toBe(name);
    const { bits, sizes } = device.block_ram;
    for (const { units, shapes } of sizes) {
      for (const [width, depth] of shapes) {
        expect(width * depth).toBeLessThanOrEqual(units * bits);
        expect(width * depth).toBeGreaterThanOrEqual(0.8 * units * bits);
      }
    }
    // A multiplier is not slower than what clocks it.
    const { dsp = 0, global = Infinity } = device.clock_mhz ?? {};
    expect(dsp).toBeLessThanOrEqual(global + 1);
  });

  it('has the sizes of the data sheets', () => {
    expect(loadDevice('ice40up5k')).toMatchObject({
      ...{ luts: 5280, dsp: { count: 8, a_bits: 16 }, block_ram: { count: 30, bits: 4096 } },
      spram: { count: 4, width: 16, depth: 16384 },
    });
    expect(loadDevice('ice40hx8k')).toMatchObject({ luts: 7680, dsp: { count: 0 } });
    expect(loadDevice('ecp5-85f')).toMatchObject({ luts: 83640, dsp: { count: 156 } });
    expect(loadDevice('xc7a35t')).toMatchObject({ luts: 20800, dsp: { a_bits: 25, b_bits: 18 } });
    expect(loadDevice('xc7z020')).toMatchObject({ luts: 53200, dsp: { count: 220 } });
    expect(loadDevice('xczu3eg')).toMatchObject({ luts: 70560, dsp: { a_bits: 27, count: 360 } });
    expect(loadDevice('gw2a-18')).toMatchObject({ luts: 20736, block_ram: { count: 46 } });
    expect(loadDevice('5ceba4')).toMatchObject({ dsp: { count: 132 }, block_ram: { count: 308 } });
  });

  it.each(['xc7', '../invalid/empty', ''])('refuses %j', (name) => {
    let error: unknown;
    try {
      loadDevice(name);
    } catch (reason) {
      error = reason;
    }
    expect(error instanceof Qs5Error && error.format()).toBe(
      `E_CONFIG_VALUE  device
  There is no device ${JSON.stringify(name)}.
  hint: use one of ${NAMES.join(', ')}.`,
    );
  });

  it('says what is wrong in the file of a device', () => {
    const error = caught(() =>
      parseDevice('name: mine\nfamily: xc8\nluts: 0\n', 'configs/devices/mine.yaml'),
    );
    expect(error).toContain('configs/devices/mine.yaml  E_CONFIG_VALUE');
    for (const key of ['family', 'luts', 'flip_flops', 'source']) expect(error).toContain(key);
  });
});
