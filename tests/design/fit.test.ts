import { describe, expect, it } from 'vitest';
import { loadDevice } from '../../src/hardware/device/device.js';
import { parseConfig } from '../../src/config/load.js';
import { buildDesign } from '../../src/design/build.js';
import { estimatePlan } from '../../src/hardware/estimate/estimate.js';
import { SMALL } from '../config/small.js';

const NETWORK = SMALL.replace(
  'outputs: 2',
  'outputs: 3, pooling: none, activation: half_glu1',
).replace('{ ssm_core: 0 }', 'network');

async function fitted(target: string, sharing: 'auto' | 'never' | 'always') {
  const text = `${NETWORK}target: ${target}\nsharing: ${sharing}\n`;
  const { plan } = await buildDesign(parseConfig(text, 'network.yaml'));
  return { plan, estimate: estimatePlan(plan, loadDevice('xc7a35t')) };
}

describe('a budget of multipliers', () => {
  it.each(['auto', 'never', 'always'] as const)(
    'is kept, and more is faster: %s',
    async (sharing) => {
      const budgets = [40, 60, 120, 400];
      const intervals: number[] = [];
      for (const budget of budgets) {
        const { plan, estimate } = await fitted(`{ multipliers: ${budget} }`, sharing);
        expect(estimate.multipliers).toBeLessThanOrEqual(budget);
        intervals.push(plan.interval);
      }
      expect(intervals).toEqual([...intervals].sort((a, b) => b - a));
      expect(intervals.at(-1)).toBeLessThan(intervals[0] ?? 0);
    },
  );

  it('that is too small for engines of their own is kept where they take turns', async () => {
    await expect(fitted('{ multipliers: 20 }', 'never')).rejects.toMatchObject({
      code: 'E_FOLDING',
      message: expect.stringMatching(/No folding fits 20 multipliers: \d+ are needed/) as string,
    });
    const { estimate } = await fitted('{ multipliers: 20 }', 'auto');
    expect(estimate.multipliers).toBeLessThanOrEqual(20);
  });

  it('that nothing fits is an error that says what is needed', async () => {
    await expect(fitted('{ multipliers: 1 }', 'auto')).rejects.toMatchObject({
      code: 'E_FOLDING',
      details: { path: ['target'] },
    });
  });
});

describe('a device', () => {
  it('is kept in DSPs and block RAMs', async () => {
    const { plan } = await fitted('{ device: xc7a35t }', 'auto');
    const { resources, available } = estimatePlan(plan, loadDevice('xc7a35t'));
    expect(resources.dsp).toBeLessThanOrEqual(available.dsp);
    expect(resources.bram).toBeLessThanOrEqual(available.bram);
  });

  it('that is not known is refused at its place', async () => {
    await expect(fitted('{ device: xc7z }', 'auto')).rejects.toMatchObject({
      code: 'E_CONFIG_VALUE',
      details: { path: ['target', 'device'] },
    });
  });
});
