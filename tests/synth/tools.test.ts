import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDevice } from '../../src/hardware/device/device.js';
import { parseNetlist, countCells } from '../../src/prove/synth/netlist.js';
import { findNextpnr, route } from '../../src/prove/synth/nextpnr.js';
import { parseNextpnrReport } from '../../src/prove/synth/nextpnr_report.js';
import { chooseYosys, EMBEDDED_VERSION, runYosys } from '../../src/prove/synth/yosys.js';
import { caught, rejected } from '../checkpoint/caught.js';
import { cli } from '../cli/in_process.js';
import { SMALL } from '../config/small.js';
import { script, temporaryFolder, VERSION_TEXTS } from '../tools/fake_tools.js';

const folder = temporaryFolder();
const config = join(folder, 'small.yaml');
// Smaller still: synthesis takes seconds of each block.
writeFileSync(config, SMALL.replace('features: 8, state_size: 4', 'features: 4, state_size: 2'));
const real = process.env as Record<string, string>;

/** A Yosys with a version and a given behaviour. */
function fakeYosys(name: string, body: string): Record<string, string> {
  const version = VERSION_TEXTS.yosys;
  const path = script(folder, name, `if [ "$1" = -V ]; then echo '${version}'; exit; fi\n${body}`);
  return { ...real, QS5_YOSYS: path };
}

const MODULE = (cells: object) => ({ modules: { top: { cells } } });

describe('choosing a Yosys', () => {
  it('takes the embedded one, except for a newer or requested one', async () => {
    const old = script(folder, 'old', `echo '${VERSION_TEXTS.yosys}'`);
    const young = script(folder, 'young', "echo 'Yosys 9.1 (git sha1 123)'");
    const path = temporaryFolder();
    script(path, 'yosys', `exec '${young}'`);
    const embedded = { kind: 'embedded', version: EMBEDDED_VERSION };
    expect(await chooseYosys('embedded', { env: { QS5_YOSYS: old } })).toEqual(embedded);
    expect(await chooseYosys('auto', { env: { PATH: '/nowhere' } })).toEqual(embedded);
    expect(await chooseYosys('auto', { env: { PATH: `${path}:/bin:/usr/bin` } })).toEqual({
      kind: 'native',
      version: '9.1',
    });
    const asked = { kind: 'native', version: '0.23' };
    expect(await chooseYosys('auto', { env: { QS5_YOSYS: old } })).toEqual(asked);
    expect(await chooseYosys('native', { env: { QS5_YOSYS: old } })).toEqual(asked);
  });

  it('says how to get a native one that is not there', async () => {
    const error = await rejected(chooseYosys('native', { env: { PATH: '/nowhere' } }));
    expect(error).toContain('E_TOOL_MISSING');
    expect(error).toContain('install');
  });
});

describe('qs5 synth', () => {
  it('prints the keys that others rely on', async () => {
    const { exitCode, stdout } = await cli(['synth', config, '--json', '--steps', '2'], real);
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout) as { measured: { lut: number; ff: number } };
    expect(report.measured.lut).toBeGreaterThan(100);
    expect(report.measured.ff).toBeGreaterThan(100);
    expect(report).toMatchObject({
      config: 'small',
      device: 'xc7a35t',
      tool: { name: 'yosys', version: EMBEDDED_VERSION },
      estimate: { dsp: 7, bram: 0, fmaxMhz: null },
      measured: { dsp: 7, bram: 0 },
      error: { dsp: 0 },
      over: [],
      netlistMismatches: 0,
      asPlanned: true,
      netlistWords: 16,
    });
  });

  it('builds for the device that is named', async () => {
    const { stdout } = await cli(
      ['synth', config, '--json', '--steps', '1', '--device', 'ecp5-25f'],
      real,
    );
    const report = JSON.parse(stdout) as { device: string; netlistMismatches: number };
    expect(report).toMatchObject({ device: 'ecp5-25f', netlistMismatches: 0 });
  });

  it('refuses a device that is not there', async () => {
    const { exitCode, stderr } = await cli(['synth', config, '--device', 'xc7'], real);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('xc7a35t');
  });
});

describe('a Yosys that cannot be trusted', () => {
  const synth = async (env: Record<string, string>, ...more: string[]) =>
    cli(['synth', config, ...more], env);

  it.each([
    ['crashes', 'echo working; kill -SEGV $$', 'was ended by signal SIGSEGV'],
    ['fails', "echo 'ERROR: no such thing' >&2; exit 1", 'no such thing'],
    ['writes no netlist', 'exit 0', 'succeeded without writing netlist.json'],
    ['writes half a netlist', 'echo \'{"modules": {\' > netlist.json', 'cannot be read'],
    ['writes something else', "echo '[1]' > netlist.json", 'cannot be read'],
    [
      'writes another design',
      'echo \'{"modules": {}}\' > netlist.json; touch netlist.v',
      'has no module qs5_small',
    ],
    [
      'warns of a conflict and ends well',
      "echo 'Warning: Driver-driver conflict for p[3] between cell a and cell b' >&2",
      'Driver-driver conflict for p[3]',
    ],
    [
      'leaves an input undriven and ends well',
      "echo 'Warning: Wire top.x is used but has no driver.' >&2",
      'is used but has no driver',
    ],
  ])('%s', async (name, body, message) => {
    const { exitCode, stdout, stderr } = await synth(fakeYosys(name.replaceAll(' ', '_'), body));
    expect(exitCode).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain('E_TOOL_FAILED');
    expect(stderr).toContain(message);
  });

  it('hangs', async () => {
    const env = fakeYosys('hangs', 'sleep 60');
    const { exitCode, stderr } = await synth(env, '--timeout', '1');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('did not end within 1 s');
  });

  it('is also ended when it is the embedded one', async () => {
    writeFileSync(join(folder, 'big.v'), 'module top; endmodule');
    const yosys = await chooseYosys('embedded');
    const script = ['exec -- sleep 60', ...new Array<string>(2000).fill('read_verilog big.v')];
    const error = await rejected(runYosys({ yosys, script, folder, timeoutMs: 50 }));
    expect(error).toContain('E_TOOL_LIMIT');
    expect(error).toContain('did not end within 0.05 s');
  });
});

describe('netlists', () => {
  it('are counted through their hierarchy', () => {
    const text = JSON.stringify({
      modules: {
        top: { cells: { u_a: { type: 'a' }, u_b: { type: 'a' }, f: { type: 'SB_DFFE' } } },
        a: { cells: { l0: { type: 'SB_LUT4' }, l1: { type: 'SB_LUT4' }, c: { type: 'SB_CARRY' } } },
        SB_LUT4: { attributes: { blackbox: 1 }, cells: {} },
      },
    });
    const { total, instances } = countCells(parseNetlist(text), 'top', 'ice40');
    expect(total).toMatchObject({ lut: 4, ff: 1, dsp: 0, bram: 0 });
    expect(instances.get('u_b')).toMatchObject({ lut: 2, ff: 0 });
    expect(instances.get('')).toMatchObject({ lut: 0, ff: 1 });
  });

  it('are refused with a latch', () => {
    const netlist = parseNetlist(JSON.stringify(MODULE({ l: { type: '$_DLATCH_P_' } })));
    const error = caught(() => countCells(netlist, 'top', 'ice40'));
    expect(error).toContain('latch');
  });

  it('count a 36 Kbit block RAM as two of 18, and distributed memory as LUTs', () => {
    const cells = { a: { type: 'RAMB36E1' }, b: { type: 'RAMB18E1' }, c: { type: 'RAM32M' } };
    const netlist = parseNetlist(JSON.stringify(MODULE({ ...cells, d: { type: 'SRL16E' } })));
    const { total } = countCells(netlist, 'top', 'xc7');
    expect(total).toEqual({ lut: 5, lutMemory: 5, ff: 0, dsp: 0, bram: 3 });
  });
});

/** Reports of nextpnr for a design on a device, by family. */
const PLACERS = [
  {
    name: 'ice40up5k',
    override: 'QS5_NEXTPNR_ICE40',
    program: 'nextpnr-ice40',
    arguments: '--up5k --package sg48 --json n.json',
    utilization: {
      ICESTORM_LC: { used: 10, available: 5280 },
      ICESTORM_RAM: { used: 1, available: 30 },
      ICESTORM_DSP: { used: 2, available: 8 },
    },
  },
  {
    name: 'ecp5-25f',
    override: 'QS5_NEXTPNR_ECP5',
    program: 'nextpnr-ecp5',
    arguments: '--25k --package CABGA381 --speed 6 --lpf-allow-unconstrained --json n.json',
    utilization: {
      TRELLIS_COMB: { used: 10, available: 24288 },
      TRELLIS_FF: { used: 5, available: 24288 },
      DP16KD: { used: 1, available: 56 },
    },
  },
  {
    name: 'gw2a-18',
    override: 'QS5_NEXTPNR_HIMBAECHEL',
    program: 'nextpnr-himbaechel',
    arguments: '--device GW2A-LV18PG256C8/I7 --vopt family=GW2A-18 --json n.json',
    utilization: {
      LUT4: { used: 10, available: 20736 },
      DFF: { used: 5, available: 15552 },
      BSRAM: { used: 1, available: 46 },
    },
  },
] as const;

describe.each(PLACERS)('$program', ({ name, override, program, utilization, ...expected }) => {
  const device = loadDevice(name);
  const fmax = { clk: { achieved: 61.25, constraint: 300 } };
  const report = JSON.stringify({ fmax, utilization });
  const run = async (tool: string, body: string, timeoutMs = 10_000) =>
    route({
      ...{ nextpnr: { kind: 'native', program, version: '0.4' }, device, folder },
      ...{ netlist: 'n.json', seed: 7, timeoutMs },
      env: { [override]: script(folder, `${program}_${tool}`, body) },
    });

  it('is found on PATH', async () => {
    const path = script(folder, `${program}_version`, `echo '${VERSION_TEXTS[program]}'`);
    expect(await findNextpnr(device, { env: { [override]: path } })).toMatchObject({
      ...{ kind: 'native', program },
    });
  });

  it('receives the device, and its report is read', async () => {
    const body = `echo '${report}' > route.json; echo "$@" > args`;
    expect(await run('good', body)).toEqual({ seed: 7, fmaxMhz: 61.25, utilization });
    const args = readFileSync(join(folder, 'args'), 'utf8');
    expect(args).toContain(expected.arguments);
    expect(args).toContain('--seed 7');
  });

  it.each([
    ['nothing', '', 'the file is empty'],
    ['no JSON', 'fmax: 12', 'invalid'],
    ['half of it', report.slice(0, -20), 'truncated'],
    ['something else', '[]', 'cannot be read'],
    ['no clock', JSON.stringify({ fmax: {}, utilization }), 'has 0 clocks'],
    [
      'two clocks',
      JSON.stringify({ fmax: { a: { achieved: 1 }, b: { achieved: 2 } }, utilization }),
      'has 2 clocks (a, b)',
    ],
    [
      'a clock in words',
      JSON.stringify({ fmax: { a: { achieved: 'fast' } }, utilization }),
      'fmax.a.achieved',
    ],
    [
      'another family',
      JSON.stringify({ fmax, utilization: { SLICE: { used: 1, available: 2 } } }),
      'it lacks',
    ],
    [
      'a larger device',
      JSON.stringify({ fmax, utilization }).replace(/"available":(30|56|46)\b/, '"available":108'),
      'has 108 block RAMs',
    ],
  ])('is refused with a report of %s', (_, text, message) => {
    const error = caught(() => parseNextpnrReport(text, device, program));
    expect(error).toContain(`${program}  E_TOOL_FAILED`);
    expect(error).toContain(message);
  });

  it('never has its report of an earlier run taken', async () => {
    writeFileSync(join(folder, 'route.json'), report);
    const error = await rejected(run('silent', 'exit 0'));
    expect(error).toContain('cannot be read');
  });

  it('has different errors for a crash, a failure and a hang', async () => {
    const crash = await rejected(run('crash', 'kill -ABRT $$'));
    expect(crash).toContain('SIGABRT');
    const fail = await rejected(run('fail', "echo 'ERROR: no BELs remaining'; exit 255"));
    expect(fail).toContain('no BELs remaining');
    const hang = await rejected(run('hang', 'sleep 60', 200));
    expect(hang).toContain('did not end within 0.2 s');
  });

  it('is an error if it is missing', async () => {
    const error = await rejected(findNextpnr(device, { env: { PATH: '/nowhere' } }));
    expect(error).toContain(`${program}  E_TOOL_MISSING`);
    expect(error).toContain('install');
  });
});

describe('placing and routing', () => {
  it('offers a package where there is one, and refuses other families', async () => {
    const missing = await rejected(
      findNextpnr(loadDevice('ice40up5k'), { env: { PATH: '/nowhere' } }),
    );
    expect(missing).toContain('npm install --no-save @yowasp/nextpnr-ice40');
    const other = await rejected(findNextpnr(loadDevice('xc7a35t')));
    expect(other).toContain('E_USAGE');
    expect(other).toContain('iCE40, ECP5, Gowin');
  });

  /** A Yosys with a netlist of some block RAMs, whose family has no models, and a placer. */
  function tools(name: string, brams: number, placer: string): Record<string, string> {
    const cells = Object.fromEntries(
      Array.from({ length: brams }, (_, i) => [`m${i}`, { type: 'SDPB' }]),
    );
    const netlist = JSON.stringify({
      modules: {
        qs5_on_pins: { cells: { u_design: { type: 'qs5_small' } } },
        qs5_small: { cells },
      },
    });
    const version = `case "$*" in *--version*) echo '${VERSION_TEXTS['nextpnr-himbaechel']}'; exit;; esac`;
    return {
      ...fakeYosys(name, `echo '${netlist}' > netlist.json; touch netlist.v`),
      QS5_NEXTPNR_HIMBAECHEL: script(folder, `placer_${name}`, `${version}\n${placer}`),
    };
  }
  const args = ['synth', config, '--device', 'gw2a-18', '--route', '--steps', '1', '--json'];
  const good = `echo '${JSON.stringify({
    fmax: { clk: { achieved: 61.25 } },
    utilization: PLACERS[2].utilization,
  })}' > route.json`;

  it('is not tried with a design that is too large', async () => {
    const { exitCode, stderr } = await cli(args, tools('too_large', 47, good));
    expect(stderr).toContain('block RAM: 47 of 46');
    expect(exitCode).toBe(1);
  });

  it('goes on where one seed cannot be routed, and says so', async () => {
    const placer = `case "$*" in *'--seed 2'*) echo 'ERROR: cannot be routed'; exit 1;; esac\n${good}`;
    const env = tools('some', 1, placer);
    const { exitCode, stdout } = await cli([...args, '--seeds', '3'], env);
    expect(exitCode).toBe(0);
    const { route: found, measured } = JSON.parse(stdout) as Record<string, object>;
    expect(measured).toMatchObject({ fmaxMhz: 61.25 });
    expect(found).toMatchObject({ seeds: [{ seed: 1 }, { seed: 3 }] });
    expect(JSON.stringify(found)).toContain('cannot be routed');
  });

  it('fails where no seed can', async () => {
    const env = tools('never', 1, "echo 'ERROR: cannot be routed'; exit 1");
    const { exitCode, stderr } = await cli([...args, '--seeds', '2'], env);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('cannot be routed');
  });
});
