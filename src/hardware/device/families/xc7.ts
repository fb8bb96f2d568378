import { FAST_ADDERS, type Family } from './family.js';
import { BLOCK_RAM, synthXilinx, XILINX_CELLS } from './xilinx.js';

/** Artix-7, Kintex-7, Virtex-7, Spartan-7, and Zynq-7000, which has the same logic. */
export const xc7: Family = {
  title: '7-series',
  lutInputs: 6,
  dsp: {
    a_bits: 25,
    b_bits: 18,
    pre_adder_bits: 25,
    adder_bits: 48,
    chain: 16,
    passes: [{ a: 25, b: 18, minA: 2, minB: 2, minProduct: 9, slice: 18, signedOnly: true }],
  },
  adders: FAST_ADDERS,
  shiftRegisters: true,
  // Two RAMB36 can be one of twice the depth.
  blockRam: {
    ...BLOCK_RAM,
    sizes: [...BLOCK_RAM.sizes, { units: 4, cost: 513, shapes: [[1, 65536]] }],
  },
  // RAM32M, RAM64M
  distributedRam: {
    luts: 4,
    shapes: [
      [6, 32],
      [3, 64],
    ],
  },
  synthesis: synthXilinx('xc7'),
  cells: XILINX_CELLS,
  models: { library: ['xilinx', 'cells_sim.v'], own: 'sim/cells/xc7.v', defines: [] },
  vendor: 'vivado',
};
