import { describe, expect, it } from 'vitest';
import { RESET_LATENCY } from '../../src/hardware/blocks/reset.js';
import { runCycleModel } from '../../src/hardware/cycle/model.js';
import { RESET_CYCLES, type Stimulus } from '../../src/hardware/cycle/stimulus.js';
import { sequenceLatency } from '../../src/hardware/plan/types.js';
import { stallPatterns, STALLS } from '../../src/prove/simulate/patterns.js';
import { smallCore, smallNetwork, stimulusOf } from '../simulate/prepared.js';
import { emulated, mostInFlight, randomDesign, sequencesOf, wordsOf } from './cases.js';

const SEED = 77;
const LENGTHS = [3, 1, 4];

describe(`the cycle model of random designs, seed ${SEED}`, () => {
  it.each(Array.from({ length: 24 }, (_, index) => index))('has the right words, %i', async (i) => {
    const design = await randomDesign(SEED, i);
    const sequences = sequencesOf(design, LENGTHS);
    const { plan } = design;
    for (const stalls of STALLS) {
      const stimulus = { sequences, ...stallPatterns(stalls, plan, i), resets: [] };
      const run = await runCycleModel(plan, stimulus);
      sequences.forEach((steps, s) => {
        expect(wordsOf(run, s)).toEqual(emulated(design, steps));
      });
      expect(run.outputs.filter(({ last }) => last)).toHaveLength(LENGTHS.length);
      if (plan.emit === 'step') {
        expect(mostInFlight(run, stimulus, plan.output.beats)).toBeLessThanOrEqual(plan.slots);
      }
      if (stalls === 'none') {
        expect(run.latency).toBe(sequenceLatency(plan, LENGTHS[0] ?? NaN));
        const starts = run.starts[0]?.[0]?.map(({ cycle }) => cycle) ?? [];
        const gaps = starts.slice(1).map((cycle, k) => cycle - (starts[k] ?? NaN));
        // A replay may make a later sequence wait.
        const exact = plan.segments.length === 1 ? gaps : gaps.slice(0, 2);
        expect(new Set(exact)).toEqual(new Set([plan.interval]));
        expect(Math.min(...gaps)).toBe(plan.interval);
      }
    }
  });
});

describe('steps in flight', () => {
  it('are as many as there are slots when the sink waits, and no fewer slots would do', async () => {
    const { plan, ...design } = await smallCore('folding: { b: { pe: 8, simd: 2 } }\n');
    const sequences = [design.words(0)];
    const waiting = { sequences, ...stallPatterns('worst', plan, 0), resets: [] };
    expect(plan.slots).toBeGreaterThan(1);
    const stalled = await runCycleModel(plan, waiting);
    expect(mostInFlight(stalled, waiting, plan.output.beats)).toBe(plan.slots);

    // One slot fewer, and the design cannot keep its interval although nobody waits.
    const free = { sequences, ...stallPatterns('none', plan, 0), resets: [] };
    const gaps = async (slots: number) => {
      const { starts } = await runCycleModel({ ...plan, slots }, free);
      const list = starts[0]?.[0]?.map(({ cycle }) => cycle) ?? [];
      return Math.max(...list.slice(1).map((cycle, i) => cycle - (list[i] ?? NaN)));
    };
    expect(await gaps(plan.slots)).toBe(plan.interval);
    expect(await gaps(plan.slots - 1)).toBeGreaterThan(plan.interval);
  });
});

describe('a reset', () => {
  it('at any cycle drops what is under way; the next sequence starts afresh', async () => {
    const design = await smallCore('folding: { b: { pe: 4, simd: 2 }, c: { pe: 2, simd: 4 } }\n');
    const base = stimulusOf(design, { sequences: 3, steps: 4 });
    const whole = await runCycleModel(design.plan, base);
    const reference = base.sequences.map((steps) => emulated(design, steps));
    let dropped = 0;
    for (let reset = RESET_CYCLES + 1; reset < whole.cycles; reset += 7) {
      const run = await runCycleModel(design.plan, {
        ...base,
        resets: [{ cycle: reset, cycles: RESET_CYCLES }],
      });
      const [resumed = NaN] = run.resumed;
      const sequence = Math.floor(resumed / (4 * design.plan.input.beats));
      expect(run.starts).toHaveLength(2);
      // Nothing leaves until the blocks are out of reset.
      for (const { cycle } of run.outputs) {
        expect(cycle < reset || cycle > reset + RESET_CYCLES + RESET_LATENCY).toBe(true);
      }
      base.sequences.forEach((_, s) => {
        const words = wordsOf(run, s);
        const wanted = reference[s] ?? [];
        // Results before the reset are a prefix of the expected ones. The rest is complete.
        expect(words).toEqual(wanted.slice(0, words.length));
        if (s >= sequence) expect(words).toHaveLength(wanted.length);
        else dropped += wanted.length - words.length;
      });
    }
    expect(dropped).toBeGreaterThan(0);
  });

  it('clears the sticky flags', async () => {
    const design = await smallCore('');
    // Full scale at once clips in every state; after the reset there are only zeros.
    const loud = Array.from({ length: 4 }, () => new Float64Array(8).fill(32767));
    const silent = [new Float64Array(8)];
    const patterns = stallPatterns('none', design.plan, 0);
    const saturated = async (resets: Stimulus['resets']) => {
      const stimulus = { sequences: [loud, silent], ...patterns, resets };
      const { flags } = await runCycleModel(design.plan, stimulus);
      return [...flags].filter(([, on]) => on).map(([name]) => name);
    };
    expect(await saturated([])).not.toEqual([]);
    expect(await saturated([{ cycle: 150, cycles: 3 }])).toEqual([]);
  });
});

describe('a whole network', () => {
  it('has the right words under stalls', async () => {
    const design = await smallNetwork('full_glu', true);
    const sequences = sequencesOf(design, LENGTHS);
    for (const stalls of STALLS) {
      const run = await runCycleModel(design.plan, {
        sequences,
        ...stallPatterns(stalls, design.plan, 5),
        resets: [],
      });
      sequences.forEach((steps, s) => {
        expect(wordsOf(run, s)).toEqual(emulated(design, steps));
      });
    }
  });
});
