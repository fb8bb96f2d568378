import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Corner } from './corner.js';
import { corners } from './corners/all.js';
import {
  lint,
  MODULE,
  runIcarus,
  runVerilator,
  results,
  temporaryFolder,
  type BenchResult,
} from './harness.js';

/**
 * Every module of rtl/ at every parameter corner: the contract in src/blocks against a golden in
 * plain mathematics, and the Verilog against the same golden, word for word and cycle for cycle.
 */
const folder = temporaryFolder();

const tried = corners.filter(({ module }) => MODULE === undefined || module === MODULE);

it('tries a module', () => {
  expect(tried).not.toEqual([]);
});

describe.concurrent.each(tried.map((corner, index) => ({ corner, index })))(
  '$corner.module: $corner.name',
  ({ corner, index }) => {
    it('contract', () => {
      corner.checkContract();
    });

    it('lint', async () => {
      expect(await lint(join(folder, `lint${index}`), corner)).toEqual([]);
    });

    it('Icarus', async () => {
      const { warnings, output } = await runIcarus(join(folder, `icarus${index}`), corner);
      expect(warnings).toEqual([]);
      const { outputs, latency } = corner;
      expect(output.filter((line) => !line.includes('$finish'))).toEqual([
        `RESULT mismatches=0 outputs=${outputs} latency=${latency}`,
      ]);
    });
  },
);

/** Corners that Verilator simulates; one program holds them all, as its build is what costs. */
describe('Verilator', () => {
  const chosen = tried.filter((_, index) => MODULE !== undefined || index % 3 === 0);

  it('is given corners of every module', () => {
    const modules = (list: readonly Corner[]) => new Set(list.map(({ module }) => module));
    expect(modules(chosen)).toEqual(modules(tried));
  });

  it(`runs ${chosen.length} corners without a mismatch`, async () => {
    const output = await runVerilator(join(folder, 'verilator'), chosen);
    expect(
      output.filter((line) => !line.startsWith('RESULT') && !line.includes('$finish')),
    ).toEqual([]);
    const expected = chosen.map(({ outputs, latency }) => ({ mismatches: 0, outputs, latency }));
    expect(sorted(results(output))).toEqual(sorted(expected));
  });
});

/** The instances of a batch print in no particular order. */
function sorted(list: readonly BenchResult[]): string[] {
  return list.map((result) => JSON.stringify(result)).sort();
}
