import { describe, expect, it } from 'vitest';
import { loadDevice } from '../../src/hardware/device/device.js';
import { clockOf, pathsOf, type Delays } from '../../src/hardware/estimate/clock.js';

const multiplier = (aBits: number, bBits: number) => ({
  paths: [],
  multipliers: [{ count: 1, aBits, bBits }],
});
const through = (device: string, aBits: number, bBits: number) =>
  pathsOf([multiplier(aBits, bBits)], loadDevice(device));

describe('the path through a product', () => {
  it('is that of the block where one multiplier does it', () => {
    expect(through('ice40up5k', 16, 16)).toEqual([]);
    expect(through('ecp5-25f', 18, 18)).toEqual([]);
  });

  it('has a sum where it is cut, and two in a row where both operands are', () => {
    expect(through('ice40up5k', 24, 16)).toEqual([{ from: 'product', levels: 1, carry: 24 }]);
    expect(through('ice40up5k', 24, 24)).toEqual([{ from: 'product', levels: 2, carry: 32 }]);
  });

  it('goes through LUTs for a device without multipliers, or for a small product', () => {
    // Eight rows become two in four steps of two; the bit products are a level, the chain another.
    expect(through('ice40hx8k', 8, 8)).toEqual([{ from: 'register', levels: 10, carry: 8 }]);
    expect(through('ice40up5k', 4, 6)).toEqual([{ from: 'register', levels: 6, carry: 5 }]);
    expect(through('ice40up5k', 17, 8)).toEqual([
      { from: 'register', levels: 3, carry: 13 },
      { from: 'product', levels: 1, carry: 9 },
    ]);
  });
});

describe('the path of a sum behind a product', () => {
  const sums = (device: string, aBits: number, bBits: number, sumBits: number) =>
    pathsOf(
      [{ paths: [], multipliers: [{ count: 1, aBits, bBits, sumBits }] }],
      loadDevice(device),
    ).filter(({ from }) => from === 'multiplier');

  it('is there where the multiplier has no adder, too short a one, or not the whole product', () => {
    expect(sums('ice40up5k', 16, 16, 32)).toEqual([]);
    expect(sums('ice40up5k', 16, 16, 33)).toEqual([{ from: 'multiplier', levels: 1, carry: 33 }]);
    expect(sums('ice40up5k', 17, 16, 30)).toEqual([{ from: 'multiplier', levels: 1, carry: 30 }]);
    expect(sums('xc7a35t', 17, 16, 48)).toEqual([]);
    expect(sums('ecp5-25f', 16, 16, 32)).toEqual([{ from: 'multiplier', levels: 1, carry: 32 }]);
  });
});

describe('pathsOf', () => {
  it('leaves out what another is slower than by any delays', () => {
    const slow = { from: 'register', levels: 3, carry: 4 } as const;
    const fast = { from: 'register', levels: 2, carry: 4 } as const;
    const other = { from: 'memory', levels: 0, carry: 0 } as const;
    // Without a sum at the end, but with one more LUT.
    const plain = { from: 'register', levels: 3, carry: 0 } as const;
    const into = { from: 'memory', levels: 1, carry: 0, to: 'multiplier' } as const;
    const block = { paths: [fast, slow, fast, other, plain, into], multipliers: [] };
    expect(pathsOf([block], loadDevice('ice40up5k'))).toEqual([slow, plain, into]);
  });
});

describe('clockOf', () => {
  it('is that of the slowest path, ns to MHz, slower in a larger design', () => {
    const delays: Delays = {
      ...{ start: 4, memory: 1, multiplier: 2, product: 8, level: 2 },
      ...{ adder: 1, carry: 0.25, into: 3, doubling: 0.5 },
    };
    const paths = [
      { from: 'register', levels: 1, carry: 8 },
      { from: 'memory', levels: 0, carry: 0 },
    ] as const;
    expect(clockOf(delays, paths, 1)).toBe(1000 / 7);
    expect(clockOf(delays, paths, 16)).toBe(1000 / 9);
    const product = { from: 'product', levels: 0, carry: 0 } as const;
    expect(clockOf(delays, [...paths, product], 1)).toBe(1000 / 12);
    // The sum of a chain is one of two levels.
    const two = { from: 'register', levels: 2, carry: 8, to: 'multiplier' } as const;
    expect(clockOf(delays, [two], 1)).toBe(1000 / 12);
  });
});
