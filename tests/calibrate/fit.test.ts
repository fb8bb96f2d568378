import { describe, expect, it } from 'vitest';
import { fitCalibration, fitForm } from '../../src/prove/calibrate/fit.js';
import { fitClock } from '../../src/prove/calibrate/clock.js';
import { clockOf, type ClockPoint, type Delays } from '../../src/hardware/estimate/clock.js';
import type { CalibrationPoint } from '../../src/hardware/estimate/calibration.js';
import { randomStream } from '../../src/base/random.js';

/** Points of a module that costs exactly 7 + 2 adder + mux tables, register flip-flops. */
function exactPoints(count: number): CalibrationPoint[] {
  const random = randomStream(5);
  const draw = (most: number) => 1 + Math.floor(random.uniform() * most);
  return Array.from({ length: count }, (_, design) => {
    const [adder, mux, register] = [draw(50), draw(90), draw(70)];
    const amounts = { fixed: 1, adder, mux, register };
    return { design, block: 'x', module: 'qs5_x', lut: 7 + 2 * adder + mux, ff: register, amounts };
  });
}

describe('fitForm', () => {
  it('finds the coefficients that made the points', () => {
    const found = fitForm(exactPoints(30), 'lut');
    expect(found['fixed']).toBeCloseTo(7, 1);
    expect(found['adder']).toBeCloseTo(2, 2);
    expect(found['mux']).toBeCloseTo(1, 2);
    expect(found['register'] ?? 0).toBeCloseTo(0, 2);
  });

  it('has no negative coefficient', () => {
    const points = exactPoints(30).map((point) => ({
      ...point,
      lut: Math.max(0, 100 - (point.amounts['adder'] ?? 0)),
    }));
    for (const value of Object.values(fitForm(points, 'lut'))) expect(value).toBeGreaterThan(0);
  });
});

describe('fitCalibration', () => {
  it('has no error where the form is right, and one where it is not', () => {
    const exact = fitCalibration(exactPoints(40));
    expect(exact.error.lut).toBeLessThan(0.01);
    expect(exact.modules['qs5_x']?.ff.error).toBeLessThan(0.01);
    const noisy = exactPoints(40).map((point, i) => ({ ...point, lut: point.lut * (1 + (i % 2)) }));
    expect(fitCalibration(noisy).error.lut).toBeGreaterThan(0.2);
  });

  it('is the same whatever the order of the points', () => {
    const points = exactPoints(20);
    expect(fitCalibration([...points].reverse()).modules['qs5_x']?.instances).toBe(20);
  });
});

describe('fitClock', () => {
  it('finds the delays that made the clocks', () => {
    const delays: Delays = {
      ...{ start: 3, memory: 0.7, multiplier: 0.5, product: 1.2 },
      ...{ level: 2.2, adder: 1, carry: 0.3, into: 3.5, doubling: 0.1 },
    };
    const random = randomStream(9);
    const points = Array.from({ length: 60 }, (_, design): ClockPoint => {
      const draw = (most: number) => Math.floor(random.uniform() * (most + 1));
      const from =
        (['register', 'memory', 'multiplier', 'product'] as const)[draw(3)] ?? 'register';
      const paths = [
        {
          from,
          levels: draw(4),
          carry: draw(24),
          ...(draw(1) === 1 ? { to: 'multiplier' as const } : {}),
        },
        { from: 'register' as const, levels: 1, carry: 0 },
      ];
      const lut = 2 ** (4 + draw(8));
      return { design, lut, paths, mhz: [clockOf(delays, paths, lut)] };
    });
    const fitted = fitClock(points);
    expect(fitted.error).toBeLessThan(0.02);
    expect(fitted.delays.level).toBeCloseTo(delays.level, 1);
    expect(fitted.delays.carry).toBeCloseTo(delays.carry, 1);
  });
});
