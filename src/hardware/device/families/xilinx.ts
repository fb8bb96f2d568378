import { lutMemory, type CellRule } from '../cells.js';
import { KBITS_18, type BlockRam } from './family.js';

/* Facts common to the Xilinx families. */

/** RAMB18, half a RAMB36 each. */
export const BLOCK_RAM: BlockRam = {
  bits: KBITS_18.bits,
  sizes: [
    { units: 1, cost: 129, shapes: KBITS_18.shapes },
    {
      units: 2,
      cost: 257,
      shapes: [[72, 512], ...KBITS_18.shapes.map(([width, depth]) => [width, 2 * depth] as const)],
    },
  ],
  banks: 'side_by_side',
  byte: 9,
  widestWritten: 36,
};

export const XILINX_CELLS: readonly CellRule[] = [
  { type: /^(LUT[1-6]|INV)$/, cells: { lut: 1 } },
  { type: /^(SRL16E|SRLC32E)$/, cells: lutMemory(1) },
  { type: /^RAM(32|64)X1S/, cells: lutMemory(1) },
  { type: /^(RAM(32|64)X1D|RAM128X1S)/, cells: lutMemory(2) },
  { type: /^(RAM(32|64)M|RAM128X1D|RAM256X1S)$/, cells: lutMemory(4) },
  // UltraScale has slices of eight LUTs.
  { type: /^(RAM(32M16|64M8)|RAM256X1D|RAM512X1S)$/, cells: lutMemory(8) },
  { type: /^FD[RSCP]E/, cells: { ff: 1 } },
  { type: /^DSP48E[12]$/, cells: { dsp: 1 } },
  { type: /^RAMB18E[12]$/, cells: { bram: 1 } },
  { type: /^RAMB36E[12]$/, cells: { bram: 2 } },
];

/** Yosys, for a part of that family. */
export const synthXilinx = (family: string) => (top: string) => [
  `synth_xilinx -family ${family} -flatten -noiopad -noclkbuf -top ${top}`,
];
