import { describe, expect, it } from 'vitest';
import { randomCase } from '../../src/prove/fuzz/case.js';
import { fuzz } from '../../src/prove/fuzz/fuzz.js';
import { shrinkCase } from '../../src/prove/fuzz/shrink.js';

const SEED = 27;

describe('fuzz', () => {
  it(`finds no difference in 12 random designs of seed ${SEED}`, async () => {
    const report = await fuzz({
      count: 12,
      seed: SEED,
      first: 0,
      verilatorEvery: 10,
      jobs: 2,
      version: 'test',
    });
    expect(report.failures.map(({ index, reason }) => `${index}: ${reason}`)).toEqual([]);
    // A space of designs that are refused would prove nothing.
    const refused = Object.values(report.refusals).flatMap(({ byCode }) => Object.values(byCode));
    const runs = 12 - refused.reduce((sum, count) => sum + count, 0);
    expect(runs).toBeGreaterThanOrEqual(10);
    expect(report.runs).toMatchObject({ emulator: runs, model: runs, icarus: runs, verilator: 2 });
    expect(report.words).toBeGreaterThan(1000);
  });

  it('makes the same cases again, and others from another seed', () => {
    expect(randomCase(3, 5)).toEqual(randomCase(3, 5));
    expect(randomCase(3, 5)).not.toEqual(randomCase(3, 6));
    expect(randomCase(3, 5)).not.toEqual(randomCase(4, 5));
  });

  it('covers both Lambda forms, every rounding, every number of multipliers, stalls and resets', () => {
    const cases = Array.from({ length: 60 }, (_, i) => randomCase(SEED, i));
    const seen = (of: (c: (typeof cases)[number]) => unknown) => new Set(cases.map(of)).size;
    expect(seen(({ config }) => config.lambda_form)).toBe(2);
    expect(seen(({ config }) => config.rounding.loop)).toBe(3);
    expect(seen(({ config }) => config.rounding.requantize)).toBe(3);
    const multipliers = cases.map(({ config: { folding } }) =>
      folding === 'auto' || folding.recurrence === 'auto'
        ? undefined
        : folding.recurrence?.multipliers,
    );
    expect(new Set(multipliers)).toEqual(new Set([undefined, 1, 3, 4]));
    expect(seen(({ stimulus }) => stimulus.stalls)).toBe(3);
    expect(seen(({ stimulus }) => stimulus.resets.length > 0)).toBe(2);
    expect(seen(({ config }) => config.model.init['features'])).toBeGreaterThan(12);
    expect(seen(({ config }) => config.precision['a'])).toBeGreaterThan(12);
  });
});

describe('shrinkCase', () => {
  it('takes away all that a failure does not need', async () => {
    // A planted fault: designs of three states and more fail under half_even in the loop.
    const start = Array.from({ length: 1000 }, (_, i) => randomCase(SEED, i)).find(
      ({ config, stimulus }) =>
        Number(config.model.init['state_size']) > 8 &&
        config.rounding.loop === 'half_even' &&
        config.layers !== undefined &&
        config.target !== undefined &&
        stimulus.resets.length > 0 &&
        stimulus.last_faults.length > 0,
    );
    if (start === undefined) throw new Error('no such case');
    const smallest = await shrinkCase(
      start,
      async ({ config }) =>
        Promise.resolve(
          Number(config.model.init['state_size']) >= 3 && config.rounding.loop === 'half_even',
        ),
      500,
    );
    expect(smallest.config.model.init).toMatchObject({ features: 1, state_size: 3 });
    const { folding, layers, target, poles, functions, device } = smallest.config;
    if (folding !== 'auto') expect(folding.b ?? { pe: 1, simd: 1 }).toEqual({ pe: 1, simd: 1 });
    expect({ layers, target, poles, functions, device }).toEqual({ device: 'xc7a35t' });
    expect(smallest.stimulus).toMatchObject({
      ...{ lengths: [1], stalls: 'none', resets: [], last_faults: [] },
      ...{ content: 'data', first_reset: 4 },
    });
  });

  it('keeps to its number of tries', async () => {
    let tries = 0;
    await shrinkCase(
      randomCase(SEED, 0),
      async () => {
        tries += 1;
        return Promise.resolve(true);
      },
      7,
    );
    expect(tries).toBe(7);
  });
});
