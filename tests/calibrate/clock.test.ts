import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseClock } from '../../src/hardware/estimate/clock.js';
import { cli } from '../cli/in_process.js';
import { script, temporaryFolder, VERSION_TEXTS } from '../tools/fake_tools.js';

const folder = temporaryFolder();

const NETLIST = JSON.stringify({
  modules: {
    qs5_on_pins: { cells: { u_design: { type: 'design' } } },
    design: { cells: { a: { type: 'SB_LUT4' }, b: { type: 'SB_LUT4' } } },
  },
});

const REPORT = JSON.stringify({
  fmax: { clk: { achieved: 80 } },
  utilization: {
    ICESTORM_LC: { used: 10, available: 5280 },
    ICESTORM_RAM: { used: 1, available: 30 },
    ICESTORM_DSP: { used: 2, available: 8 },
  },
});

/** A Yosys with a netlist of two LUTs, and a placer with a given behaviour. */
function tools(name: string, placer: string): Record<string, string> {
  const yosys = `if [ "$1" = -V ]; then echo '${VERSION_TEXTS.yosys}'; exit; fi
echo '${NETLIST}' > netlist.json; touch netlist.v`;
  const place = `case "$*" in *--version*) echo '${VERSION_TEXTS['nextpnr-ice40']}'; exit;; esac
${placer}`;
  return {
    ...(process.env as Record<string, string>),
    QS5_YOSYS: script(folder, `yosys_${name}`, yosys),
    QS5_NEXTPNR_ICE40: script(folder, `nextpnr_${name}`, place),
  };
}

const GOOD = `echo '${REPORT}' > route.json`;
const NONE = "echo 'ERROR: cannot be routed'; exit 1";

/** Random designs, two seeds of the placer. */
async function calibrate(to: string, env: Record<string, string>, designs = 1) {
  mkdirSync(join(folder, to), { recursive: true });
  const args = ['dev', 'calibrate-clock', '-o', join(folder, to), '--devices', 'ice40up5k'];
  const few = ['--designs', String(designs), '--seeds', '2'];
  return cli([...args, ...few, '--yosys', 'native', '--json'], env);
}

function written(to: string) {
  const file = 'clock-ice40up5k.json';
  return parseClock(readFileSync(join(folder, to, file), 'utf8'), file);
}

describe('qs5 dev calibrate-clock', () => {
  it('writes the clocks of a design, and does nothing twice', async () => {
    const { exitCode } = await calibrate('twice', tools('good', GOOD));
    expect(exitCode).toBe(0);
    expect(written('twice')).toMatchObject({
      ...{ device: 'ice40up5k', seeds: [1, 2], left_out: 0 },
      points: [{ design: 0, lut: 2, mhz: [80, 80] }],
    });
    // It would fail now.
    const again = await calibrate('twice', tools('none', NONE));
    expect(again.exitCode).toBe(0);
    expect(written('twice').points).toHaveLength(1);
  });

  it('leaves out what cannot be placed with some seed, and counts it', async () => {
    const once = `if [ -e '${folder}/placed' ]; then ${NONE}; fi
case "$*" in *'--seed 2'*) touch '${folder}/placed';; esac
${GOOD}`;
    const { exitCode, stdout } = await calibrate('some', tools('some', once), 3);
    expect(exitCode).toBe(0);
    const { points, left_out } = written('some');
    expect(points.length).toBeGreaterThan(0);
    expect(left_out).toBeGreaterThan(0);
    expect(points.length + left_out).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject([{ left_out, points: points.length }]);
  });

  it('fails, with the reason, where nothing can be placed', async () => {
    const { exitCode, stderr } = await calibrate('none', tools('never', NONE));
    expect(exitCode).toBe(3);
    expect(stderr).toContain('cannot be routed');
  });
});
