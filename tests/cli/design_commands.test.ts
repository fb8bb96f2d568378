import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMALL } from '../config/small.js';
import { cli } from './in_process.js';

let root = '';
let config = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'qs5-cli-'));
  config = await write('small.yaml', SMALL);
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function write(name: string, text: string): Promise<string> {
  const path = join(root, name);
  await writeFile(path, text);
  return path;
}

/** A program in the place of vvp that prints a text and exits with 0. */
async function fakeVvp(text: string): Promise<Record<string, string>> {
  const path = join(root, `vvp-${Math.abs(text.length)}`);
  const version = 'Icarus Verilog runtime version 11.0 (stable) ()';
  await writeFile(path, `#!/bin/sh\nif [ "$1" = -V ]; then echo '${version}'; fi\n${text}\n`, {
    mode: 0o755,
  });
  return { ...(process.env as Record<string, string>), QS5_VVP: path };
}

describe('qs5 simulate', () => {
  it('prints the keys that others rely on', async () => {
    const { exitCode, stdout } = await cli([
      'simulate',
      config,
      '--json',
      '--with',
      'model,icarus',
    ]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      config: 'small',
      status: 'pass',
      sequences: 3,
      words: 3 * 16 * 8,
      runs: [
        { simulator: 'model', mismatches: 0, cycleMismatches: 0 },
        { simulator: 'icarus', version: '11.0', mismatches: 0, cycleMismatches: 0 },
      ],
    });
  });

  it('exits with 2 and prints the first difference when words differ', async () => {
    const env = await fakeVvp(
      "echo 'MISMATCH cycle=77 output=3 signal=m_axis expected=005 actual=0f6'\n" +
        "echo 'RESULT mismatches=1 cycle_mismatches=0 outputs=128 latency=9 cycles=99'",
    );
    const { exitCode, stdout } = await cli(['simulate', config, '--with', 'icarus'], env);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(
      /first difference in icarus: cycle 77, output\[3\] \(sequence 0, step 0\): expected 0x05 \([\d.e-]+\), found 0xf6 \(-[\d.e-]+\)/,
    );
    expect(stdout).toContain('FAIL: see the first difference above.');
  });

  it('does not believe a simulator that exits with 0 and says nothing', async () => {
    const env = await fakeVvp(':');
    const { exitCode, stderr } = await cli(['simulate', config, '--with', 'icarus'], env);
    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      'icarus  E_TOOL_FAILED\n  The bench printed 0 RESULT lines instead of one.',
    );
  });

  it('says how to install a simulator that is missing', async () => {
    const env = { ...(process.env as Record<string, string>), QS5_IVERILOG: join(root, 'none') };
    const { exitCode, stderr } = await cli(['simulate', config, '--with', 'icarus'], env);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('E_TOOL_MISSING');
    expect(stderr).toContain('apt-get install -y iverilog');
  });

  it.each(['vcd', 'fst'])('writes waves as %s', async (kind) => {
    const wave = join(root, `small.${kind}`);
    const args = ['simulate', config, '--sequences', '1', '--with', 'icarus', '--wave', wave];
    expect((await cli(args)).exitCode).toBe(0);
    expect((await stat(wave)).size).toBeGreaterThan(1000);
    if (kind === 'vcd') expect(await readFile(wave, 'utf8')).toContain('$scope module u_design');
  });

  it.each([
    [['--with', 'model,questa'], 'Use a list of emulator, model, verilator, icarus, with commas.'],
    [['--stalls', 'some'], 'Allowed choices are none, random, worst.'],
    [['--sequences', '0'], 'It must be an integer from 1 to 1000000.'],
    [['--wave', 'waves.txt'], 'The name of the file must end in .vcd or .fst.'],
    [['--wave', 'a.vcd', '--with', 'model'], '--wave requires the Icarus run'],
  ])('refuses %j', async (args, message) => {
    const { exitCode, stderr } = await cli(['simulate', config, ...args]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('E_USAGE');
    expect(stderr).toContain(message);
  });
});

describe('qs5 plan and estimate', () => {
  it('print the plan as a table', async () => {
    const { stdout } = await cli(['plan', config]);
    await expect(stdout).toMatchFileSnapshot('__golden__/small_plan.txt');
  });

  it('print the keys that others rely on', async () => {
    const { stdout } = await cli(['estimate', config, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      latencyCycles: expect.any(Number) as number,
      intervalCycles: 64,
      device: 'xc7a35t',
      resources: {
        lut: expect.any(Number) as number,
        ff: expect.any(Number) as number,
        dsp: 7,
        bram: 0,
      },
      fmaxMhz: null,
      intervals: { lut: [expect.any(Number), expect.any(Number)], fmaxMhz: null },
      over: [],
      confidence: { latencyCycles: 'exact', fmaxMhz: 'not calibrated: no figure' },
    });
  });

  it('take another device, and refuse one that is not there', async () => {
    const other = await cli(['estimate', config, '--device', 'ice40up5k']);
    expect(other.stdout).toContain('on ice40up5k');
    const none = await cli(['estimate', config, '--device', 'virtex-1']);
    expect(none.exitCode).toBe(1);
    expect(none.stderr).toContain('There is no device "virtex-1".');
  });
});

describe('errors of a design carry their place in the config', () => {
  it.each([
    [
      'E_FOLDING',
      'folding: { recurrence: { lanes: 3 } }\n',
      ':20:33  E_FOLDING  folding.recurrence.lanes\n  4 states do not divide into 3.\n  hint: use one of 1, 2, 4.',
    ],
    [
      'E_FOLDING',
      'folding:\n  b: { pe: 5, simd: 2 }\n',
      ':21:12  E_FOLDING  folding.b.pe\n  8 rows do not divide into 5.\n  hint: use one of 1, 2, 4, 8.',
    ],
    [
      'E_CONFIG_VALUE',
      'target: { steps_per_second: 2.0e+8, clock_mhz: 100 }\n',
      'E_CONFIG_VALUE  target\n  200000000 steps per second at 100 MHz are less than a cycle each.',
    ],
  ])('%s', async (_code, extra, message) => {
    const { exitCode, stderr } = await cli(['plan', await write('bad.yaml', SMALL + extra)]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
  });

  it('says that a bidirectional model has no output every step, and no core of its own', async () => {
    const both = SMALL.replace('outputs: 2', 'outputs: 2, bidirectional: true, pooling: none');
    const streaming = both.replace('{ ssm_core: 0 }', 'network');
    const { exitCode, stderr } = await cli(['plan', await write('both.yaml', streaming)]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      ':4:8  E_CONFIG_COMBINATION  scope\n  The model is bidirectional and gives an output every step',
    );
    const core = await cli(['plan', await write('core.yaml', both)]);
    expect(core.stderr).toContain('E_CONFIG_COMBINATION  scope\n  The layer is bidirectional');
  });

  it('says by how much a budget is too small', async () => {
    const text = `${SMALL.replace('{ ssm_core: 0 }', 'network')}target: { multipliers: 2 }\n`;
    const { exitCode, stderr } = await cli(['plan', await write('budget.yaml', text)]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /E_FOLDING {2}target\n {2}No folding fits 2 multipliers: \d+ are needed, \d+ where engines share them\./,
    );
  });

  it('says which table would be too long', async () => {
    const text = SMALL.replace('{ ssm_core: 0 }', 'network')
      .replace('outputs: 2', 'outputs: 2, pooling: none')
      .replace('non_ssm_act: 8', 'non_ssm_act: 16');
    const { stderr } = await cli(['plan', await write('table.yaml', text)]);
    expect(stderr).toContain('l0_gelu  E_WIDTH\n  A table over 16 bits has 65536 entries');
  });
});
