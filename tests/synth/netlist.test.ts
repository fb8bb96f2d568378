import { beforeAll, describe, expect, it } from 'vitest';
import { resetCells } from '../../src/hardware/blocks/reset.js';
import { loadDevice } from '../../src/hardware/device/device.js';
import type { Design } from '../../src/design/build.js';
import { overBudget } from '../../src/hardware/device/budget.js';
import { simulateNetlist } from '../../src/prove/synth/simulate_netlist.js';
import { netlistStimulus } from '../../src/prove/synth/stimulus.js';
import { planRequest, synthesize, type Synthesis } from '../../src/prove/synth/synthesize.js';
import { chooseYosys } from '../../src/prove/synth/yosys.js';
import { temporaryFolder } from '../tools/fake_tools.js';
import { smallCore } from '../simulate/prepared.js';

const TIMEOUT_MS = 300_000;

/** The small core as three families really get it. */
describe.each(['ice40up5k', 'ecp5-25f', 'xc7a35t'])('%s', (name) => {
  const device = loadDevice(name);
  const folder = temporaryFolder();
  let design: Design;
  let synthesis: Synthesis;

  beforeAll(async () => {
    design = await smallCore('', name);
    const yosys = await chooseYosys('embedded');
    const request = await planRequest(design.plan, false);
    synthesis = await synthesize(folder, request, device, { yosys, timeoutMs: TIMEOUT_MS });
  });

  const play = async (netlist: string) => {
    const stimulus = netlistStimulus(design, 6);
    const { plan } = design;
    return simulateNetlist({ plan, device, netlist, stimulus, timeoutMs: TIMEOUT_MS });
  };

  it('makes a netlist that does what the design does', async () => {
    const run = await play(synthesis.netlist);
    expect(run).toEqual({ mismatches: 0, words: 2 * 6 * 8, asPlanned: true });
  });

  it('finds a netlist that does not', async () => {
    // The output words are cut off.
    const { plan } = design;
    const at = synthesis.netlist.indexOf(`module ${plan.top}(`);
    const stuck = synthesis.netlist.slice(at).replace(/\bm_axis_tdata\b(?=\),?$)/m, '/* open */');
    expect(stuck).toContain('/* open */');
    const run = await play(synthesis.netlist.slice(0, at) + stuck);
    expect(run?.mismatches).toBeGreaterThan(0);
    expect(run?.first?.cycle).toBeGreaterThan(0);
  });

  it('counts every cell once: of the blocks, and of the whole', () => {
    const { total, blocks } = synthesis;
    const sum = (key: 'lut' | 'ff' | 'dsp' | 'bram') =>
      [...blocks.values()].reduce((all, cells) => all + cells[key], 0);
    for (const key of ['lut', 'ff', 'dsp', 'bram'] as const) expect(sum(key)).toBe(total[key]);
    expect(total.lut).toBeGreaterThan(100);
    expect(total.ff).toBeGreaterThan(100);
    const ids = ['reset', ...design.plan.blocks.map(({ id }) => id)];
    expect([...blocks.keys()].sort()).toEqual(ids.sort());
    expect(blocks.get('reset')).toMatchObject(resetCells(design.plan.blocks.length));
  });
});

describe('overBudget', () => {
  it('names what is too much, and nothing else', () => {
    const device = loadDevice('ice40up5k');
    expect(overBudget({ lut: 5280, ff: 5280, dsp: 8, bram: 30 }, device)).toEqual([]);
    expect(overBudget({ lut: 5281, ff: 0, dsp: 9, bram: 31 }, device)).toEqual([
      'LUT: 5281 of 5280',
      'DSP: 9 of 8',
      'block RAM: 31 of 30',
    ]);
  });
});
