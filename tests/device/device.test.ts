import { describe, expect, it } from 'vitest';
import { deviceNames, loadDevice } from '../../src/device/device.js';
import { Qs5Error } from '../../src/errors.js';

describe('devices', () => {
  it.each(deviceNames())('%s loads, under its own name', (name) => {
    const device = loadDevice(name);
    expect(device.name).toBe(name);
    for (const [width, depth] of device.block_ram.shapes) {
      expect(width * depth).toBeLessThanOrEqual(device.block_ram.bits);
      expect(width * depth).toBeGreaterThan(0.8 * device.block_ram.bits);
    }
  });

  it('has the sizes of the data sheets', () => {
    expect(loadDevice('ice40up5k')).toMatchObject({ luts: 5280, dsp: { count: 8, a_bits: 16 } });
    expect(loadDevice('ice40hx8k')).toMatchObject({ luts: 7680, dsp: { count: 0 } });
    expect(loadDevice('xc7a35t')).toMatchObject({ luts: 20800, dsp: { a_bits: 25, b_bits: 18 } });
  });

  it.each(['xc7', '../invalid/empty', ''])('refuses %j', (name) => {
    let caught: unknown;
    try {
      loadDevice(name);
    } catch (error) {
      caught = error;
    }
    expect(caught instanceof Qs5Error && caught.format()).toBe(
      `E_CONFIG_VALUE  device
  There is no device ${JSON.stringify(name)}.
  hint: use one of ecp5-25f, ice40hx8k, ice40up5k, xc7a100t, xc7a200t, xc7a35t.`,
    );
  });
});
