import { describe, expect, it } from 'vitest';
import { multiplyArrayBlock } from '../../src/hardware/blocks/multiply_array.js';
import { loadDevice } from '../../src/hardware/device/device.js';
import { amountsOf } from '../../src/hardware/estimate/amounts.js';

describe('amountsOf', () => {
  const array = multiplyArrayBlock({
    ...{ id: 'm', count: 3, aBits: 16, bBits: 16 },
    ...{ clients: 1, uses: 1 },
  });
  const outer = (device: string, sumBits?: number) => {
    const multipliers = array.multipliers.map((one) => ({
      ...one,
      ...(sumBits === undefined ? {} : { sumBits }),
    }));
    return amountsOf({ ...array, multipliers }, loadDevice(device))['outer_sum'];
  };

  it('counts the bits of sums behind multipliers that have no adder for them', () => {
    expect(outer('ice40up5k')).toBeUndefined();
    expect(outer('ice40up5k', 32)).toBeUndefined();
    expect(outer('ice40up5k', 33)).toBe(3 * 33);
    expect(outer('ecp5-25f', 32)).toBe(3 * 32);
    expect(outer('xc7a35t', 48)).toBeUndefined();
  });
});
