import { describe, expect, it } from 'vitest';
import { deviceNames, loadDevice } from '../../src/hardware/device/device.js';
import { FAMILY_NAMES, familyOf } from '../../src/hardware/device/families/index.js';
import { cellModels } from '../../src/prove/synth/cell_models.js';
import { cellsOfType, NO_CELLS } from '../../src/prove/synth/cells.js';

const lutRam = (lut: number) => ({ lut, lutMemory: lut });

describe('cellsOfType', () => {
  it.each([
    ['ice40', 'SB_LUT4', { lut: 1 }],
    ['ice40', 'SB_DFFESR', { ff: 1 }],
    ['ice40', 'SB_CARRY', {}],
    ['ice40', 'SB_MAC16', { dsp: 1 }],
    ['ice40', 'SB_RAM40_4K', { bram: 1 }],
    ['ecp5', 'CCU2C', { lut: 2 }],
    ['ecp5', 'TRELLIS_DPR16X4', lutRam(6)],
    ['ecp5', 'PDPW16KD', { bram: 1 }],
    ['xc7', 'SRL16E', lutRam(1)],
    ['xc7', 'RAM64M', lutRam(4)],
    ['xc7', 'RAM128X1D', lutRam(4)],
    ['xc7', 'CARRY4', {}],
    ['xc7', 'MUXF7', {}],
    ['xc7', 'DSP48E1', { dsp: 1 }],
    ['xc7', 'RAMB36E1', { bram: 2 }],
    ['xcup', 'RAM64M8', lutRam(8)],
    ['xcup', 'RAM32M16', lutRam(8)],
    ['xcup', 'DSP48E2', { dsp: 1 }],
    ['xcup', 'RAMB18E2', { bram: 1 }],
    ['xcup', 'RAMB36E2', { bram: 2 }],
    ['gowin', 'LUT1', { lut: 1 }],
    ['gowin', 'ALU', { lut: 1 }],
    ['gowin', 'MUX2_LUT5', {}],
    ['gowin', 'RAM16SDP4', lutRam(4)],
    ['gowin', 'DFFRE', { ff: 1 }],
    ['gowin', 'SPX9', { bram: 1 }],
    ['gowin', 'SDPX9B', { bram: 1 }],
    ['gowin', 'GND', {}],
    ['cyclonev', 'MISTRAL_ALUT6', { lut: 1 }],
    ['cyclonev', 'MISTRAL_ALUT_ARITH', { lut: 1 }],
    ['cyclonev', 'MISTRAL_MLAB', lutRam(1)],
    ['cyclonev', 'MISTRAL_FF', { ff: 1 }],
    ['cyclonev', 'MISTRAL_MUL9X9', { dsp: 1 }],
    ['cyclonev', 'MISTRAL_MUL27X27', { dsp: 2 }],
    ['cyclonev', 'MISTRAL_M10K', { bram: 1 }],
  ] as const)('%s: %s', (family, type, cells) => {
    expect(cellsOfType(family, type)).toEqual({ ...NO_CELLS, ...cells });
  });
});

describe('families', () => {
  it.each(FAMILY_NAMES)('%s has a device', (family) => {
    expect(deviceNames().map((name) => loadDevice(name).family)).toContain(family);
  });

  it('are simulated where there are models of their cells, and only there', async () => {
    const simulated = [];
    for (const name of FAMILY_NAMES) {
      if ((await cellModels(name)) !== undefined) simulated.push(name);
    }
    expect(simulated).toEqual(['ice40', 'ecp5', 'xc7']);
  });

  it.each(deviceNames())('%s can be placed by whoever its family has', (name) => {
    const device = loadDevice(name);
    const { placer, vendor } = familyOf(device.family);
    if (placer !== undefined) expect(device.nextpnr).toBeDefined();
    if (vendor !== undefined) expect(device.part).toMatch(new RegExp(`^${name}`));
  });
});
