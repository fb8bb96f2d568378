import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/hardware/plan/types.js';
import type { Files } from '../../src/hardware/folder/files.js';
import { shippedCore, simulate, smallCore, stimulusOf } from './prepared.js';

/** Compiled without optimisation: what is built here runs for a moment only. */
const QUICK = { MAKEFLAGS: '-- OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0' };

/** The files with one text replaced by another. Fails where it is not found. */
function replaced(path: string, from: string | RegExp, to: string): (files: Files) => Files {
  return (files) => {
    const text = files.get(path) ?? '';
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`nothing like ${String(from)} in ${path}`);
    return new Map([...files, [path, changed]]);
  };
}

describe('Verilator and Icarus', () => {
  it.each(['random', 'worst'] as const)('agree on a digit, stalls %s', async (stalls) => {
    const design = await shippedCore();
    const sequences = [design.words(0).slice(300, 340)];
    const stimulus = { ...stimulusOf(design, { stalls, seed: 11 }), sequences };
    const { status, runs, words } = await simulate(design, stimulus, {
      with: ['emulator', 'model', 'verilator', 'icarus'],
      unstalled: false,
      env: QUICK,
    });
    expect(status).toBe('pass');
    expect(words).toBe(40 * 32);
    // Each counts the same cycles by itself.
    const timed = runs.filter(({ simulator }) => simulator !== 'emulator');
    expect(new Set(timed.map(({ cycles }) => cycles)).size).toBe(1);
    expect(runs.map(({ simulator }) => simulator)).toEqual([
      'emulator',
      'model',
      'verilator',
      'icarus',
    ]);
  });

  it('report the same first difference of a wrong rounding', async () => {
    const design = await shippedCore();
    const sequences = [design.words(0).slice(300, 320)];
    const { status, runs } = await simulate(
      design,
      { ...stimulusOf(design), sequences },
      {
        with: ['verilator', 'icarus'],
        env: QUICK,
        tamper: replaced(
          'rtl/qs5_round_increment.v',
          'assign increment_o = in_i[SHIFT-1] & (in_i[SHIFT] | (|in_i[SHIFT-2:0]));',
          "assign increment_o = 1'b0;",
        ),
      },
    );
    const [verilator, icarus] = runs;
    expect(status).toBe('fail');
    expect(verilator?.mismatches).toBeGreaterThan(0);
    expect(verilator?.mismatches).toBe(icarus?.mismatches);
    expect(verilator?.first).toEqual(icarus?.first);
    expect(verilator?.first).toMatchObject({
      signal: expect.stringMatching(/^output\[\d+\]$/) as string,
      sequence: 0,
      expected: expect.stringMatching(/^0x[0-9a-f]{2} \(-?\d\.\d+\)$/) as string,
      actual: expect.stringMatching(/^0x[0-9a-f]{2} \(-?\d\.\d+\)$/) as string,
    });
  });
});

describe('the first difference', () => {
  it('is where two cycles are swapped, and no word is wrong', async () => {
    const design = await smallCore();
    const result = await simulate(design, stimulusOf(design), {
      // {cycle:32, tlast:1, data:8}: the cycles of results 2 and 3 change places.
      tamper: (files) => {
        const lines = (files.get('vectors/expected.hex') ?? '').split('\n');
        const word = (line: number) => BigInt(`0x${lines[line] ?? ''}`);
        const low = (1n << 9n) - 1n;
        const [a, b] = [word(3), word(4)];
        lines[3] = ((b & ~low) | (a & low)).toString(16);
        lines[4] = ((a & ~low) | (b & low)).toString(16);
        return new Map([...files, ['vectors/expected.hex', lines.join('\n')]]);
      },
    });
    const [, icarus] = result.runs;
    expect(result.status).toBe('fail');
    expect(icarus).toMatchObject({ mismatches: 0, cycleMismatches: 2 });
    const { cycle = NaN, expected } = icarus?.first ?? {};
    expect(icarus?.first).toMatchObject({ signal: 'cycle', sequence: 0, step: 0 });
    expect(icarus?.first?.actual).toBe(String(cycle));
    // Sums of two rows, which take turns with one multiplier, leave one after the other.
    expect(Number(expected) - cycle).toBe(1);
  });

  it('shows unknown bits as they are', async () => {
    const design = await smallCore();
    const tamper = replaced('rom/d_weights.hex', /\n[0-9a-f]+\n/, '\nxx\n');
    const { status, runs } = await simulate(design, stimulusOf(design), { tamper });
    expect(status).toBe('fail');
    expect(runs[1]?.first).toMatchObject({ signal: 'm_axis', sequence: 0, step: 0 });
    expect(runs[1]?.first?.actual).toMatch(/x/i);
  });

  it('is the first result that never came', async () => {
    const design = await smallCore();
    const tamper = replaced(
      'rtl/qs5_axis_out.v',
      'assign m_axis_tvalid = valid_q;',
      "assign m_axis_tvalid = 1'b0;",
    );
    const { status, runs } = await simulate(design, stimulusOf(design), { tamper });
    expect(status).toBe('fail');
    // 2 sequences of 8 steps of 8 words, and the flags that clipping left are as expected.
    expect(runs[1]?.mismatches).toBe(2 * 8 * 8);
    expect(runs[1]?.first).toMatchObject({ sequence: 0, step: 0, actual: 'none' });
  });
});

describe('the model against the integer network', () => {
  /** The plan with another network to be compared with: its hardware stays the same. */
  async function othersNetwork() {
    const design = await smallCore();
    const nodes = design.plan.network.nodes.map((node) =>
      node.op === 'matvec' && node.id === 'c'
        ? { ...node, weights: node.weights.map(() => 1) }
        : node,
    );
    const plan: Plan = { ...design.plan, network: { ...design.plan.network, nodes } };
    return { ...design, plan };
  }

  it('fails if hardware and network differ, also for a run of the RTL alone', async () => {
    const design = await othersNetwork();
    const both = await simulate(design, stimulusOf(design), { with: ['model'] });
    expect(both.status).toBe('fail');
    expect(both.runs[0]?.mismatches).toBeGreaterThan(0);
    expect(both.runs[0]?.first).toMatchObject({ sequence: 0, step: 0 });
    expect(both.runs[0]?.first?.expected).toMatch(/^0x[0-9a-f]{2} \(/);

    const rtl = await simulate(design, stimulusOf(design), { with: ['icarus'] });
    expect(rtl.runs.map(({ mismatches }) => mismatches)).toEqual([0]);
    expect(rtl.status).toBe('fail');
  });

  it.each([
    ['latency', (plan: Plan): Plan => ({ ...plan, latency: plan.latency + 1 })],
    ['initiation interval', (plan: Plan): Plan => ({ ...plan, slots: 1 })],
  ] as const)('fails where the %s is not that of the plan', async (signal, change) => {
    const design = await smallCore();
    const changed = { ...design, plan: change(design.plan) };
    const { status, runs } = await simulate(changed, stimulusOf(design), { with: ['model'] });
    expect(status).toBe('fail');
    expect(runs[0]).toMatchObject({ mismatches: 0, first: { signal } });
    expect(runs[0]?.cycleMismatches).toBeGreaterThan(0);
  });
});
