import { beforeAll, describe, expect, it } from 'vitest';
import { summarize, type HeldOut } from '../../src/prove/calibrate/holdout.js';
import { loadDevice } from '../../src/hardware/device/device.js';
import { estimatePlan, type Estimate } from '../../src/hardware/estimate/estimate.js';
import { holdOutJson, holdOutMarkdown, holdOutText } from '../../src/app/report/holdout.js';
import { cli } from '../cli/in_process.js';
import { smallCore } from '../simulate/prepared.js';

const device = loadDevice('ice40up5k');
let estimate: Estimate;

beforeAll(async () => {
  const { plan } = await smallCore();
  estimate = {
    ...estimatePlan(plan, device),
    resources: { lut: 110, ff: 95, dsp: 4, bram: 3 },
    fmaxMhz: 60,
    intervals: { lut: [99, 121], ff: [94, 96], fmaxMhz: [55, 65] },
  };
});

function row(changes: Partial<HeldOut> = {}): HeldOut {
  return {
    name: 'random',
    device,
    estimate,
    measured: { lut: 100, ff: 100, dsp: 4, bram: 3 },
    mhz: [],
    netlist: { netlistMismatches: 0, netlistWords: 48, asPlanned: true },
    ...changes,
  };
}

describe('a hold-out', () => {
  it('gives errors, and the share of measurements within the range', () => {
    const other = row({
      measured: { lut: 125, ff: 95, dsp: 5, bram: 3 },
      mhz: [60, 48],
      netlist: { netlistMismatches: 2, netlistWords: 48, asPlanned: false },
    });
    const { error, clock, ...rest } = summarize([row(), other]);
    expect(rest).toEqual({
      designs: 2,
      exact: { dsp: 1, bram: 2 },
      within: { lut: 0.5, ff: 0.5 },
      placed: 1,
      netlistMismatches: 2,
      netlistWords: 96,
      simulated: 2,
      asPlanned: 1,
    });
    expect(error.lut).toBeCloseTo((0.1 + 0.12) / 2);
    expect(error.ff).toBeCloseTo(0.025);
    expect(clock.error).toBeCloseTo(0.125);
    expect(clock.within).toBe(0.5);
  });

  it('has no error where a design has no estimate, and no clock where none was placed', () => {
    const unknown = row({
      estimate: { ...estimate, resources: { ...estimate.resources, lut: null } },
    });
    const { error, clock } = summarize([row(), unknown]);
    expect(error.lut).toBeNull();
    expect(clock).toEqual({ error: null, within: null });
  });

  it('shows clocks where there are some', () => {
    const rows = [row(), row({ name: 'placed', mhz: [60, 48] })];
    const page = holdOutMarkdown(rows, 'Yosys', 'qs5 dev holdout');
    expect(page).toContain('| placed | ice40up5k | 60 | 55 to 65 | 60.0, 48.0 | 12.5 % |');
    expect(page).toContain('placed and routed designs (1)');
    expect(holdOutMarkdown([row()], 'Yosys', 'qs5 dev holdout')).not.toContain('placed');
    expect(holdOutText(rows, false)).toContain('60.0, 48.0');
    expect(holdOutJson(rows).designs[1]).toMatchObject({ fmaxMhz: 60, clocks: [60, 48] });
  });
});

describe('options that mean nothing', () => {
  it.each([
    [['dev', 'holdout', '--seeds', '3'], '--placed'],
    [['synth', 'x.yaml', '--seeds', '3'], '--route'],
    [['synth', 'x.yaml', '--route', '--reports', 'out'], '--route'],
  ])('%j', async (args, other) => {
    const { exitCode, stderr } = await cli(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('E_USAGE');
    expect(stderr).toContain(other);
  });
});
