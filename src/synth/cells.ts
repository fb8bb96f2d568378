import type { Device } from '../device/device.js';

/** What synthesis used, in the units of a device's data sheet. */
export interface Cells {
  /** Look-up tables in any use: logic, adders, memory, shift registers. */
  readonly lut: number;
  /** Of these, what are memory or shift registers. */
  readonly lutMemory: number;
  readonly ff: number;
  readonly dsp: number;
  /** In the unit of the device file. */
  readonly bram: number;
}

export const NO_CELLS: Cells = { lut: 0, lutMemory: 0, ff: 0, dsp: 0, bram: 0 };

export function addCells(a: Cells, b: Cells): Cells {
  return {
    lut: a.lut + b.lut,
    lutMemory: a.lutMemory + b.lutMemory,
    ff: a.ff + b.ff,
    dsp: a.dsp + b.dsp,
    bram: a.bram + b.bram,
  };
}

interface CellRule {
  readonly type: RegExp;
  readonly cells: Partial<Cells>;
}

const lutMemory = (sites: number): Partial<Cells> => ({ lut: sites, lutMemory: sites });

/** What each type of cell takes; types that take nothing of these (carries, buffers) have none. */
const RULES: Readonly<Record<Device['family'], readonly CellRule[]>> = {
  ice40: [
    { type: /^SB_LUT4$/, cells: { lut: 1 } },
    { type: /^SB_DFF/, cells: { ff: 1 } },
    { type: /^SB_MAC16$/, cells: { dsp: 1 } },
    { type: /^SB_RAM40_4K/, cells: { bram: 1 } },
  ],
  ecp5: [
    { type: /^LUT4$/, cells: { lut: 1 } },
    // A carry cell is two look-up tables of a slice, and adds with both.
    { type: /^CCU2C$/, cells: { lut: 2 } },
    // 16 words of 4 bits: two slices, and the third for its write port.
    { type: /^TRELLIS_DPR16X4$/, cells: lutMemory(6) },
    { type: /^TRELLIS_FF$/, cells: { ff: 1 } },
    { type: /^MULT18X18D$/, cells: { dsp: 1 } },
    { type: /^(DP16KD|PDPW16KD)$/, cells: { bram: 1 } },
  ],
  xc7: [
    { type: /^(LUT[1-6]|INV)$/, cells: { lut: 1 } },
    { type: /^(SRL16E|SRLC32E)$/, cells: lutMemory(1) },
    { type: /^RAM(32|64)X1S/, cells: lutMemory(1) },
    { type: /^(RAM(32|64)X1D|RAM128X1S)/, cells: lutMemory(2) },
    { type: /^(RAM(32|64)M|RAM128X1D|RAM256X1S)/, cells: lutMemory(4) },
    { type: /^FD[RSCP]E/, cells: { ff: 1 } },
    { type: /^DSP48E1$/, cells: { dsp: 1 } },
    { type: /^RAMB18E1$/, cells: { bram: 1 } },
    { type: /^RAMB36E1$/, cells: { bram: 2 } },
  ],
};

/** What one cell of that type takes on a family. */
export function cellsOfType(family: Device['family'], type: string): Cells {
  const rule = RULES[family].find((candidate) => candidate.type.test(type));
  return { ...NO_CELLS, ...rule?.cells };
}
