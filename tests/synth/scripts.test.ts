import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EMBEDDED_VERSION } from '../../src/prove/synth/yosys.js';
import { compileCli } from '../cli/compiled.js';
import { cli } from '../cli/in_process.js';
import { SMALL } from '../config/small.js';
import { script, temporaryFolder } from '../tools/fake_tools.js';

/**
 * The scripts in synth/ of a generated folder, as a user runs them. `npm run scripts` runs the
 * scripts of every shipped config in both Yosys, which takes many minutes. listops needs more
 * memory in the embedded Yosys than the default of QS5_TOOL_MEMORY. Other tests run the
 * script of the smallest config in the native Yosys, and that of a smaller core in the embedded
 * Yosys.
 */
const EVERY = process.env['QS5_EVERY_SCRIPT'] === '1';
const CONFIGS = readdirSync('configs')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace(/\.yaml$/, ''))
  .filter((name) => EVERY || name === 'tiny');

if (EVERY) vi.setConfig({ testTimeout: 7_200_000 });

const root = temporaryFolder();
/** Programs that YOSYS names are words of a shell: no spaces here. */
const programs = mkdtempSync(join(tmpdir(), 'qs5-programs-'));
afterAll(() => {
  rmSync(programs, { recursive: true, force: true });
});
/** The Yosys of the system and that of qs5, as YOSYS names them. */
const YOSYS = {
  native: process.env['QS5_YOSYS'] ?? 'yosys',
  embedded: `node --no-warnings ${compileCli()} yosys`,
} as const;

/** The folder of a config. */
async function generated(config: string, name: string): Promise<string> {
  const folder = join(root, name);
  const { exitCode, stderr } = await cli(['generate', config, '-o', folder]);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  return folder;
}

async function runScript(folder: string, yosys: string) {
  return execa('sh', [join(folder, 'synth', 'run.sh')], {
    env: { YOSYS: yosys },
    cwd: '/',
    reject: false,
  });
}

describe.each(CONFIGS)('configs/%s.yaml', (name) => {
  const kinds = Object.entries(YOSYS).filter(([kind]) => EVERY || kind === 'native');
  it.each(kinds)('sh synth/run.sh, the %s Yosys', async (kind, yosys) => {
    const folder = await generated(`configs/${name}.yaml`, `${name}-${kind}`);
    const start = performance.now();
    const { exitCode, stdout, stderr } = await runScript(folder, yosys);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toBe('');
    const seconds = Math.round((performance.now() - start) / 1000);
    if (EVERY) process.stdout.write(`${name}, ${kind} Yosys: ${seconds} s\n`);

    const out = join(folder, 'synth', 'out');
    expect(readFileSync(join(out, 'netlist.json'), 'utf8')).toContain(
      kind === 'embedded' ? `Yosys ${EMBEDDED_VERSION}` : 'Yosys ',
    );
    if (!existsSync(join(out, 'nextpnr.json'))) return;
    // The next step in the README of the folder, run in another folder without a checkpoint.
    const config = join(folder, 'config.yaml');
    const args = ['synth', config, '--reports', out, '--json'];
    const report = JSON.parse((await cli(args)).stdout) as { measured: { lut: number } };
    expect(report.measured.lut).toBeGreaterThan(100);
  });
});

describe('synth/run.sh', () => {
  let folder = '';
  beforeAll(async () => {
    const config = join(root, 'small.yaml');
    writeFileSync(
      config,
      SMALL.replace('features: 8, state_size: 4', 'features: 4, state_size: 2'),
    );
    folder = await generated(config, 'small');
  });
  /** A copy of the folder in which a file is changed. */
  const changed = (name: string, path: string, change: (text: string) => string): string => {
    const copy = join(root, name);
    cpSync(folder, copy, { recursive: true });
    const before = readFileSync(join(copy, path), 'utf8');
    const after = change(before);
    expect(after).not.toBe(before);
    writeFileSync(join(copy, path), after);
    return copy;
  };
  /** A Yosys that only leaves a log, and a netlist. */
  const logging = (name: string, line: string) =>
    script(
      programs,
      name,
      `echo '${line}' > synth/out/yosys.log; echo '{}' > synth/out/netlist.json`,
    );

  it('leaves a netlist, the embedded Yosys', async () => {
    const copy = join(root, 'embedded');
    cpSync(folder, copy, { recursive: true });
    const { exitCode, stdout, stderr } = await runScript(copy, YOSYS.embedded);
    expect([exitCode, stdout], stderr).toEqual([0, '']);
    expect(readFileSync(join(copy, 'synth', 'out', 'netlist.json'), 'utf8')).toContain(
      `Yosys ${EMBEDDED_VERSION}`,
    );
  });

  it.each([
    'No latch inferred for signal `\\top.x` from process `\\top.$proc$1`.',
    'Found and reported 0 problems: no wire is used but has no driver.',
    'Executing SCC pass (detecting logic loops): found logic loop in 0 modules.',
  ])('goes on after the note: %s', async (line) => {
    const { exitCode, stdout } = await runScript(folder, logging('note', line.replaceAll("'", '')));
    expect(stdout).toBe('');
    expect(exitCode).toBe(0);
  });

  it.each([
    'Warning: Driver-driver conflict for p[3] between cell a.Y and cell b.Y in top',
    'Warning: multiple conflicting drivers for top.x:',
    'Warning: Wire top.x is used but has no driver.',
    'rtl/top.v:3: Warning: Output port top.u.o (m) is connected to constants: 1',
    'Warning: found logic loop in module top:',
  ])('stops after: %s', async (line) => {
    const { exitCode, stdout, stderr } = await runScript(folder, logging('wrong', line));
    expect(exitCode).toBe(1);
    expect(stdout).toContain(line);
    expect(stderr).toContain('mean a wrong netlist');
    expect(existsSync(join(folder, 'synth', 'out', 'netlist.json'))).toBe(false);
  });

  it.each(Object.entries(YOSYS))('stops at a latch, the %s Yosys', async (kind, yosys) => {
    const copy = changed(`latch-${kind}`, 'rtl/qs5_small.v', (text) =>
      text.replace(
        '\nendmodule',
        '\n  reg held;\n  always @* if (s_axis_tvalid) held = s_axis_tdata[0];\n' +
          '  (* keep *) wire kept = held;\nendmodule',
      ),
    );
    const { exitCode, stderr } = await runScript(copy, yosys);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('Assertion failed: selection is not empty: t:$dlatch');
    expect(existsSync(join(copy, 'synth', 'out', 'netlist.json'))).toBe(false);
  });

  it.each(Object.entries(YOSYS))(
    'stops at a module that is not there, the %s Yosys',
    async (kind, yosys) => {
      const copy = changed(`module-${kind}`, 'synth/yosys.ys', (text) =>
        text.replace('rtl/qs5_buffer.v', ''),
      );
      rmSync(join(copy, 'rtl', 'qs5_buffer.v'));
      const { exitCode, stderr } = await runScript(copy, yosys);
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain('qs5_buffer');
    },
  );

  it('asks Vivado for the clock of the target', async () => {
    const clock = (place: string) => readFileSync(join(place, 'synth', 'clock.xdc'), 'utf8');
    expect(clock(folder)).toContain('create_clock -name aclk -period 2.5 ');
    const config = join(root, 'clocked.yaml');
    writeFileSync(config, `${SMALL}target: { steps_per_second: 1000000, clock_mhz: 120 }\n`);
    expect(clock(await generated(config, 'clocked'))).toContain('-period 8.333 ');
  });
});
