import { describe, expect, it } from 'vitest';
import type { Files } from '../../src/hardware/folder/files.js';
import { shippedCore, simulate, smallCore, stimulusOf } from './prepared.js';

/** Changes one file; fails where there is nothing to change. */
function edit(path: RegExp, change: (text: string) => string): (files: Files) => Files {
  return (files) => {
    const name = [...files.keys()].find((key) => path.test(key));
    const text = name === undefined ? undefined : files.get(name);
    if (name === undefined || text === undefined) throw new Error(`no file like ${String(path)}`);
    const changed = change(text);
    if (changed === text) throw new Error(`nothing changed in ${name}`);
    return new Map([...files, [name, changed]]);
  };
}

/** The word in line `line` (0: the first word, the comment aside) with its lowest bit flipped. */
function flipBit(line: number): (text: string) => string {
  return (text) => {
    const lines = text.split('\n');
    const word = BigInt(`0x${lines[line + 1] ?? ''}`) ^ 1n;
    lines[line + 1] = word.toString(16);
    return lines.join('\n');
  };
}

/** The word in a line with every bit flipped. */
function invertDigits(line: number): (text: string) => string {
  return (text) => {
    const lines = text.split('\n');
    const digits = lines[line + 1] ?? '';
    const all = (1n << BigInt(4 * digits.length)) - 1n;
    lines[line + 1] = (all ^ BigInt(`0x${digits}`)).toString(16);
    return lines.join('\n');
  };
}

/** Faults that must be noticed: the corruption of a file, and a pattern of the first difference. */
const FAULTS: readonly (readonly [string, (files: Files) => Files, RegExp])[] = [
  ['a corrupted expected word', edit(/expected\.hex$/, flipBit(5)), /^output\[5\]$/],
  ['a corrupted weight of B', edit(/rom\/b_weights_00\.hex$/, invertDigits(3)), /^output|^status/],
  ['a corrupted pole', edit(/rom\/recurrence_lambda\.hex$/, invertDigits(3)), /^output|^status/],
  [
    'half_up instead of half_even, and the reverse, in the RTL',
    edit(/rtl\/qs5_round_saturate\.v$/, (text) =>
      text.replace('assign tie = ~(|some_q)', "assign tie = 1'b0 & ~(|some_q)"),
    ),
    /^output/,
  ],
  [
    'no rounding in the loop in the RTL',
    edit(/rtl\/qs5_round_increment\.v$/, (text) =>
      text.replace(
        'assign increment_o = in_i[SHIFT-1] & (in_i[SHIFT] | (|in_i[SHIFT-2:0]));',
        "assign increment_o = 1'b0;",
      ),
    ),
    /^output/,
  ],
  [
    'a cycle number off by one',
    edit(/expected\.hex$/, (text) => {
      const lines = text.split('\n');
      // The cycle is above tlast and tdata: 1 + 8 bits.
      lines[1] = (BigInt(`0x${lines[1] ?? ''}`) + (1n << 9n)).toString(16);
      return lines.join('\n');
    }),
    /^cycle$/,
  ],
  [
    'a tlast that is not there',
    edit(/rtl\/qs5_axis_out\.v$/, (text) =>
      text.replace('m_axis_tlast  = out[LANES*W];', "m_axis_tlast  = 1'b0;"),
    ),
    /^tlast$/,
  ],
  [
    'a state that is not cleared',
    edit(/rtl\/qs5_recurrence_state\.v$/, (text) => text.replace('(in_tag_i[0])', "(1'b0)")),
    /^output|^m_axis/,
  ],
  ['a status bit that never rises', edit(/status\.hex$/, flipBit(0)), /^status$/],
];

describe('deliberate faults', () => {
  it.each(FAULTS)('%s is noticed', async (_name, tamper, signal) => {
    const design = await shippedCore();
    const sequences = [0, 1].map((i) => design.words(i).slice(320, 340));
    const stimulus = { ...stimulusOf(design), sequences };
    const result = await simulate(design, stimulus, { tamper });
    expect(result.status).toBe('fail');
    const icarus = result.runs.find(({ simulator }) => simulator === 'icarus');
    expect((icarus?.mismatches ?? 0) + (icarus?.cycleMismatches ?? 0)).toBeGreaterThan(0);
    expect(icarus?.first?.signal).toMatch(signal);
    expect(icarus?.first?.cycle).toBeGreaterThan(0);
  });

  it('shows the first difference in hexadecimal and as a real number', async () => {
    const design = await smallCore();
    const tamper = edit(/expected\.hex$/, flipBit(9));
    const { runs } = await simulate(design, stimulusOf(design), { tamper });
    expect(runs[1]?.first).toMatchObject({ signal: 'output[1]', sequence: 0, step: 1 });
    expect(runs[1]?.first?.expected).toMatch(/^0x[0-9a-f]{2} \(-?\d/);
    expect(runs[1]?.first?.actual).toMatch(/^0x[0-9a-f]{2} \(-?\d/);
  });
});

describe('breaches of AXI4-Stream', () => {
  it.each([
    [
      'data that come with ready',
      'm_axis_tlast  = out[LANES*W];',
      'm_axis_tlast  = out[LANES*W] ^ ~m_axis_tready;',
    ],
    [
      'a valid during reset',
      'assign m_axis_tvalid = valid_q;',
      'assign m_axis_tvalid = valid_q | rst_i;',
    ],
  ])('%s is noticed', async (_name, from, to) => {
    const design = await smallCore();
    const tamper = edit(/rtl\/qs5_axis_out\.v$/, (text) => text.replace(from, to));
    const stimulus = stimulusOf(design, { stalls: 'random', steps: 16 });
    const result = await simulate(design, stimulus, { tamper, unstalled: false });
    expect(result.status).toBe('fail');
    expect(result.runs[1]?.first?.signal).toBe('axi4_stream');
  });
});

describe('a bench that cannot be trusted', () => {
  it.each([
    ['no RESULT line', (text: string) => text.replace('"RESULT mism', '"RESULTS mism'), 0],
    [
      'two RESULT lines',
      (text: string) =>
        text.replace(
          '      $finish;',
          '      $display("RESULT mismatches=0 cycle_mismatches=0 outputs=0 latency=0 cycles=0");\n      $finish;',
        ),
      2,
    ],
  ])('%s', async (_name, change, count) => {
    const design = await smallCore();
    const tamper = edit(/bench\/qs5_bench\.v$/, change);
    const run = simulate(design, stimulusOf(design), { tamper });
    await expect(run).rejects.toThrow(`printed ${count} RESULT lines instead of one`);
    await expect(run).rejects.toMatchObject({ code: 'E_TOOL_FAILED' });
  });
});
