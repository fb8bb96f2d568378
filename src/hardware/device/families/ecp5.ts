import { lutMemory } from '../cells.js';
import { FAST_ADDERS, KBITS_18, type Family } from './family.js';

export const ecp5: Family = {
  title: 'ECP5',
  lutInputs: 4,
  // MULT18X18D; the adders of ALU54B are not inferred, nor is the pre-adder.
  dsp: {
    a_bits: 18,
    b_bits: 18,
    pre_adder_bits: 18,
    passes: [{ a: 18, b: 18, minA: 2, minB: 2 }],
  },
  adders: FAST_ADDERS,
  shiftRegisters: false,
  blockRam: {
    bits: KBITS_18.bits,
    sizes: [{ units: 1, cost: 128, shapes: KBITS_18.shapes }],
    banks: 'side_by_side',
    byte: 9,
  },
  // TRELLIS_DPR16X4 with its write port
  distributedRam: { luts: 6, shapes: [[4, 16]] },
  // Yosys counts its LUT5 to LUT7 as cheap as a LUT4, though they are two to eight of them.
  synthesis: (top) => [`synth_ecp5 -nowidelut -top ${top}`],
  cells: [
    { type: /^LUT4$/, cells: { lut: 1 } },
    // A carry cell is two LUTs of a slice, and adds with both.
    { type: /^CCU2C$/, cells: { lut: 2 } },
    // 16 words of 4 bits: two slices, and the third for its write port.
    { type: /^TRELLIS_DPR16X4$/, cells: lutMemory(6) },
    { type: /^TRELLIS_FF$/, cells: { ff: 1 } },
    { type: /^MULT18X18D$/, cells: { dsp: 1 } },
    { type: /^(DP16KD|PDPW16KD)$/, cells: { bram: 1 } },
  ],
  models: {
    library: ['ecp5', 'cells_sim.v'],
    without: ['TRELLIS_COMB'],
    own: 'sim/cells/ecp5.v',
    defines: [],
  },
  placer: {
    program: 'nextpnr-ecp5',
    // Pins may be anywhere.
    arguments: ['--lpf-allow-unconstrained'],
    used: [
      { type: /^TRELLIS_COMB$/, cells: { lut: 1 } },
      // The write port of a 16 x 4 RAM takes the LUTs of its slice.
      { type: /^TRELLIS_RAMW$/, cells: lutMemory(2) },
      { type: /^TRELLIS_FF$/, cells: { ff: 1 } },
      { type: /^MULT18X18D$/, cells: { dsp: 1 } },
      { type: /^DP16KD$/, cells: { bram: 1 } },
    ],
    always: ['TRELLIS_COMB', 'TRELLIS_FF', 'DP16KD'],
  },
};
