import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDevice } from '../../src/hardware/device/device.js';
import { parseVivadoTiming, parseVivadoUtilization } from '../../src/prove/synth/vivado_report.js';
import { caught } from '../checkpoint/caught.js';
import { cli } from '../cli/in_process.js';
import { SMALL } from '../config/small.js';
import { temporaryFolder } from '../tools/fake_tools.js';

const folder = temporaryFolder();
const config = join(folder, 'small.yaml');
writeFileSync(config, SMALL);

const head = (
  command: string,
  part: string,
  state: string,
) => `Copyright 1986-2022 Xilinx, Inc. All Rights Reserved.
------------------------------------------------------------------
| Tool Version : Vivado v.2023.1 (lin64) Build 3865809
| Command      : ${command} -file synth/out/x.rpt
| Design       : qs5_small
| Device       : ${part}
| Speed File   : -1
| Design State : ${state}
------------------------------------------------------------------
`;

/** As Vivado 2023.1 prints it for the 7-series. */
const utilization = (
  part = 'xc7a35tcpg236-1',
  state = 'Routed',
) => `${head('report_utilization', part, state)}
1. Slice Logic
--------------

+----------------------------+------+-------+------------+-----------+-------+
|          Site Type         | Used | Fixed | Prohibited | Available | Util% |
+----------------------------+------+-------+------------+-----------+-------+
| Slice LUTs                 | 1424 |     0 |          0 |     20800 |  6.85 |
|   LUT as Logic             | 1300 |     0 |          0 |     20800 |  6.25 |
|   LUT as Memory            |  124 |     0 |          0 |      9600 |  1.29 |
| Slice Registers            | 2100 |     0 |          0 |     41600 |  5.05 |
+----------------------------+------+-------+------------+-----------+-------+

2. Memory
---------

| Block RAM Tile    |  2.5 |     0 |          0 |        50 |  5.00 |
|   RAMB36/FIFO*    |    1 |     0 |          0 |        50 |  2.00 |
|   RAMB18          |    3 |     0 |          0 |       100 |  3.00 |

3. DSP
------

| DSPs           |   40 |     0 |          0 |        90 | 44.44 |
|   DSP48E1 only |   40 |       |            |           |       |
`;

/** As Vivado prints it: the summary of the design, and that of its clocks. */
const timing = (
  clocks: readonly string[] = ['aclk   {0.000 1.250}        2.500           400.000'],
) => `${head('report_timing_summary', '7a35t-cpg236', 'Routed')}
------------------------------------------------------------------------------------------------
| Design Timing Summary
| ---------------------
------------------------------------------------------------------------------------------------

    WNS(ns)      TNS(ns)  TNS Failing Endpoints  TNS Total Endpoints      WHS(ns)      THS(ns)
    -------      -------  ---------------------  -------------------      -------      -------
     -1.500     -901.216                   1403                 5000        0.055        0.000


Timing constraints are not met.


------------------------------------------------------------------------------------------------
| Clock Summary
| -------------
------------------------------------------------------------------------------------------------

Clock  Waveform(ns)         Period(ns)      Frequency(MHz)
-----  ------------         ----------      --------------
${clocks.join('\n')}


`;

const of = (device: string) => ({ device: loadDevice(device), top: 'qs5_small' });
const expected = of('xc7a35t');
const FILE = 'utilization.rpt';

describe('reports of Vivado', () => {
  it('give LUTs, flip-flops, DSPs, and block RAM in halves', () => {
    expect(parseVivadoUtilization(utilization(), expected, FILE)).toEqual({
      ...{ version: '2023.1', lut: 1424, lutMemory: 124, ff: 2100, dsp: 40, bram: 5 },
    });
  });

  it('have other names since UltraScale, and stars', () => {
    const text = utilization('xczu3eg-sbva484-1-e')
      .replace('Slice LUTs  ', 'CLB LUTs*   ')
      .replace('Slice Registers', 'CLB Registers  ');
    expect(parseVivadoUtilization(text, of('xczu3eg'), FILE)).toMatchObject({ lut: 1424 });
  });

  it('give the clock that the worst slack allows', () => {
    expect(parseVivadoTiming(timing(), expected, FILE)).toEqual({
      version: '2023.1',
      fmaxMhz: 250,
    });
  });

  it.each([
    ['nothing', '', 'not a report of Vivado'],
    ['another tool', 'Fitter Resource Usage Summary', 'not a report of Vivado'],
    ['another report', timing(), 'not a report of report_utilization'],
    ['another device', utilization('xc7a100tcsg324-1'), 'another device: xc7a100tcsg324-1'],
    ['another design', utilization().replace('qs5_small', 'qs5_big'), 'design: qs5_big'],
    ['a design not placed', utilization(undefined, 'Synthesized'), 'not placed'],
    ['half of it', utilization().slice(0, 1000), 'no row DSPs, Block RAM Tile'],
    ['a column in words', utilization().replace('| 1424 |', '| none |'), 'Slice LUTs or CLB LUTs'],
  ])('are refused: utilisation of %s', (_, text, message) => {
    const error = caught(() => parseVivadoUtilization(text, expected, FILE));
    expect(error).toContain(`${FILE}  E_TOOL_FAILED`);
    for (const part of message.split(', ')) expect(error).toContain(part);
  });

  it.each([
    ['nothing', '', 'not a report of Vivado'],
    ['another report', utilization(), 'not a report of report_timing_summary'],
    ['no slack', timing().slice(0, 600), 'WNS(ns)'],
    ['no clock', timing([]), 'no clock'],
    ['half of it', timing().slice(0, 1250), 'no clock'],
    [
      'two clocks',
      timing(['aclk {0.000 1.250} 2.500 400.000', 'b {0.000 5.000} 10.000 100.000']),
      '2 clocks (aclk, b)',
    ],
    ['a slack that is none', timing().replace('-1.500', '   NA '), 'make no clock'],
  ])('are refused: timing of %s', (_, text, message) => {
    const error = caught(() => parseVivadoTiming(text, expected, 'timing_summary.rpt'));
    expect(error).toContain('timing_summary.rpt  E_TOOL_FAILED');
    expect(error).toContain(message);
  });
});

describe('qs5 synth --reports', () => {
  const write = (name: string, files: Readonly<Record<string, string>>): string => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    return path;
  };
  const synth = async (reports: string, ...more: string[]) =>
    cli(['synth', config, '--reports', reports, ...more]);

  it('compares the reports of Vivado with the estimate', async () => {
    const path = write('vivado', {
      'utilization.rpt': utilization(),
      'timing_summary.rpt': timing(),
    });
    const { exitCode, stdout } = await synth(path, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      device: 'xc7a35t',
      tool: { name: 'vivado', version: '2023.1' },
      estimate: { dsp: 7, bram: 0 },
      measured: { lut: 1424, ff: 2100, dsp: 40, bram: 5, fmaxMhz: 250 },
      over: [],
      netlistMismatches: null,
    });
    const text = await synth(path);
    expect(text.stdout).toContain('reported by vivado 2023.1');
  });

  it('shows the report of nextpnr, with cells counted in the netlist', async () => {
    const report = JSON.stringify({
      fmax: { clk: { achieved: 87.5 } },
      utilization: {
        TRELLIS_COMB: { used: 500, available: 24288 },
        TRELLIS_FF: { used: 300, available: 24288 },
        DP16KD: { used: 0, available: 56 },
      },
    });
    const path = write('ecp5', {
      'nextpnr.json': report,
      'nextpnr.version': 'nextpnr-ecp5 -- Next Generation Place and Route (Version nextpnr-0.8)',
    });
    const alone = await synth(path, '--device', 'ecp5-25f', '--json');
    expect(JSON.parse(alone.stdout)).toMatchObject({
      tool: { name: 'nextpnr-ecp5', version: '0.8' },
      measured: { lut: 500, ff: 300, dsp: 0, bram: 0, fmaxMhz: 87.5 },
    });
    expect(alone.stdout).toContain('shift registers');
    const netlist = {
      modules: {
        qs5_on_pins: { cells: { u_design: { type: 'qs5_small' }, f: { type: 'TRELLIS_FF' } } },
        qs5_small: {
          cells: { l: { type: 'LUT4' }, c: { type: 'CCU2C' }, f: { type: 'TRELLIS_FF' } },
        },
      },
    };
    write('ecp5', { 'netlist.json': JSON.stringify(netlist) });
    const both = await synth(path, '--device', 'ecp5-25f', '--json');
    expect(JSON.parse(both.stdout)).toMatchObject({ measured: { lut: 3, ff: 1, fmaxMhz: 87.5 } });
    write('ecp5', { 'netlist.json': JSON.stringify(netlist).replaceAll('qs5_small', 'qs5_big') });
    const other = await synth(path, '--device', 'ecp5-25f');
    expect(other.exitCode).toBe(3);
    expect(other.stderr).toContain('The report belongs to another design: qs5_big, not qs5_small.');
  });

  it.each(['--steps 3', '--yosys native', '--timeout 9', '--route', '--seeds 2'])(
    'runs nothing, and so takes no %s',
    async (text) => {
      const option = text.split(' ');
      const { exitCode, stderr } = await synth('x', ...option);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(option[0]);
    },
  );

  it.each([
    ['no report', {}, 1, 'The report does not exist'],
    ['one of two', { 'utilization.rpt': utilization() }, 1, 'timing_summary.rpt  E_FILE'],
    ['an empty one', { 'utilization.rpt': '', 'timing_summary.rpt': '' }, 3, 'E_TOOL_FAILED'],
  ])('says what is missing: %s', async (name, files, code, message) => {
    const { exitCode, stdout, stderr } = await synth(write(name, files));
    expect(exitCode).toBe(code);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  it('says where nothing places', async () => {
    const { exitCode, stderr } = await synth(folder, '--device', '5ceba4');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('E_USAGE');
  });
});
