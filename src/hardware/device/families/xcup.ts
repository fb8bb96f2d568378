import { FAST_ADDERS, type Family } from './family.js';
import { BLOCK_RAM, synthXilinx, XILINX_CELLS } from './xilinx.js';

/**
 * UltraScale+. Yosys 0.55 puts products into DSP48E2, but neither registers nor sums, so that
 * multipliers are not chained here, and their registers are flip-flops. It keeps CARRY4 too.
 */
export const xcup: Family = {
  title: 'UltraScale+',
  lutInputs: 6,
  dsp: {
    a_bits: 27,
    b_bits: 18,
    pre_adder_bits: 27,
    passes: [{ a: 27, b: 18, minA: 2, minB: 2, minProduct: 9, slice: 18, signedOnly: true }],
  },
  adders: FAST_ADDERS,
  shiftRegisters: true,
  blockRam: BLOCK_RAM,
  // RAM32M16, RAM64M8
  distributedRam: {
    luts: 8,
    shapes: [
      [14, 32],
      [7, 64],
    ],
  },
  synthesis: synthXilinx('xcup'),
  cells: XILINX_CELLS,
  vendor: 'vivado',
};
