import { describe, expect, it } from 'vitest';
import { RESET_CYCLES } from '../../src/hardware/cycle/stimulus.js';
import { STALLS } from '../../src/prove/simulate/patterns.js';
import { shippedCore, simulate, smallCore, smallNetwork, stimulusOf } from './prepared.js';

describe('the shipped core on real digits', () => {
  it.each(STALLS)('agrees in every word and cycle, stalls %s', async (stalls) => {
    const design = await shippedCore();
    // Steps from the middle of a digit, where there is something to see.
    const sequences = [0, 1].map((i) => design.words(i).slice(300, 324));
    const stimulus = { ...stimulusOf(design, { stalls }), sequences };
    const result = await simulate(design, stimulus, {
      with: stalls === 'none' ? ['model', 'verilator', 'icarus'] : ['model', 'icarus'],
      unstalled: stalls === 'none',
    });
    expect(result.runs.map((run) => [run.mismatches, run.cycleMismatches])).toEqual(
      result.runs.map(() => [0, 0]),
    );
    expect(result.status).toBe('pass');
    expect(result.words).toBe(2 * 24 * 32);
    if (stalls !== 'none') return;
    expect(result.latency).toEqual({ predicted: 250, measured: 250 });
    expect(result.interval).toEqual({ predicted: 64, measured: 64 });
  });
});

describe('a recurrence on one multiplier', () => {
  const folding = (recurrence: string) =>
    `folding: { b: { pe: 8, simd: 1 }, recurrence: { ${recurrence} }, c: { pe: 2, simd: 4 } }\n`;

  // The sums of B come eight at a time, faster than four cycles a state.
  it.each(['', 'rounding: { loop: half_up }\n'])('agrees in two simulators%s', async (extra) => {
    const design = await smallCore(folding('lanes: 1, multipliers: 1') + extra);
    expect(design.plan.blocks.map(({ module }) => module)).toContain('qs5_recurrence_serial');
    const result = await simulate(design, stimulusOf(design), {
      with: ['model', 'verilator', 'icarus'],
    });
    expect(result.status).toBe('pass');
    expect(result.latency.measured).toBe(design.plan.latency);
    expect(result.interval).toEqual({ predicted: 16, measured: 16 });
  });
});

describe('resets in mid-stream', () => {
  it.each([
    [[300, 420]],
    // Before the blocks have seen the end of the first, and just after.
    [[300, 305]],
    [[300, 306]],
    [[300, 307]],
  ])('drop what is under way and go on with the next sequence: %j', async (resets) => {
    const design = await smallCore();
    const base = stimulusOf(design, { sequences: 4 });
    const stimulus = { ...base, resets: resets.map((cycle) => ({ cycle, cycles: RESET_CYCLES })) };
    const result = await simulate(design, stimulus, { unstalled: false });
    expect(result.status).toBe('pass');
    expect(result.words).toBeGreaterThan(0);
    expect(result.words).toBeLessThan(4 * 8 * 8);
  });
});

describe('a whole network without pooling', () => {
  it.each(['gelu', 'half_glu1', 'half_glu2', 'full_glu'])('agrees with %s', async (activation) => {
    for (const prenorm of [true, false]) {
      const design = await smallNetwork(activation, prenorm);
      const result = await simulate(design, stimulusOf(design));
      expect(result.runs.map((run) => run.first)).toEqual([undefined, undefined]);
      expect(result.status).toBe('pass');
      expect(result.latency.measured).toBe(design.plan.latency);
      expect(result.interval.measured).toBe(design.plan.interval);
    }
  });
});
