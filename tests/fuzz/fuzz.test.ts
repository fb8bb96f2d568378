import { describe, expect, it } from 'vitest';
import { randomCase } from '../../src/fuzz/case.js';
import { fuzz } from '../../src/fuzz/fuzz.js';
import { shrinkCase } from '../../src/fuzz/shrink.js';

const SEED = 20;

describe('fuzz', () => {
  it(`finds no difference in 30 random designs of seed ${SEED}`, { timeout: 900_000 }, async () => {
    const report = await fuzz({
      count: 30,
      seed: SEED,
      first: 0,
      verilatorEvery: 15,
      jobs: 2,
      version: 'test',
    });
    expect(report.failures.map(({ index, reason }) => `${index}: ${reason}`)).toEqual([]);
    expect(report.runs).toEqual({ emulator: 30, model: 30, icarus: 30, verilator: 2 });
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
    expect(seen(({ config }) => config.folding.recurrence?.multipliers)).toBe(4);
    expect(seen(({ stimulus }) => stimulus.stalls)).toBe(3);
    expect(seen(({ stimulus }) => stimulus.resets > 0)).toBe(2);
    expect(seen(({ config }) => config.model.init['features'])).toBeGreaterThan(12);
    expect(seen(({ config }) => config.precision['a'])).toBeGreaterThan(12);
  });
});

describe('shrinkCase', () => {
  it('takes away all that a failure does not need', async () => {
    // A planted fault: designs of three states and more fail under half_even in the loop.
    const start = Array.from({ length: 100 }, (_, i) => randomCase(SEED, i)).find(
      ({ config, stimulus }) =>
        Number(config.model.init['state_size']) > 8 &&
        config.rounding.loop === 'half_even' &&
        stimulus.resets > 0,
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
    expect(smallest.config.folding.b).toEqual({ pe: 1, simd: 1 });
    expect(smallest.stimulus).toMatchObject({ lengths: [1], stalls: 'none', resets: 0 });
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
