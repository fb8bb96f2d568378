import { lutMemory } from '../cells.js';
import { FAST_ADDERS, KBITS_18, type Family } from './family.js';

/**
 * Gowin GW2A (Arora). `synth_gowin` of Yosys 0.55 infers no DSPs: every product is counted as LUTs.
 * The vendor's synthesis would use MULT18X18.
 */
export const gowin: Family = {
  title: 'Gowin GW2A',
  lutInputs: 4,
  dsp: { a_bits: 18, b_bits: 18, pre_adder_bits: 18, passes: [] },
  adders: FAST_ADDERS,
  shiftRegisters: false,
  blockRam: {
    bits: KBITS_18.bits,
    sizes: [{ units: 1, cost: 128, shapes: KBITS_18.shapes }],
    // Yosys gives its write ports no byte enables.
    banks: 'side_by_side',
  },
  // RAM16SDP4
  distributedRam: { luts: 4, shapes: [[4, 16]] },
  synthesis: (top) => [`synth_gowin -family gw2a -noiopads -top ${top}`],
  // synth_gowin itself would put pads on every module that keeps its hierarchy.
  pads: (top) => [
    `select -module ${top}`,
    'iopadmap -bits -inpad IBUF O:I -outpad OBUF I:O',
    'select -clear',
  ],
  cells: [
    { type: /^LUT[1-4]$/, cells: { lut: 1 } },
    // A bit of an adder is a LUT in another mode.
    { type: /^ALU$/, cells: { lut: 1 } },
    { type: /^RAM16SDP4$/, cells: lutMemory(4) },
    { type: /^DFF/, cells: { ff: 1 } },
    { type: /^MULT(9X9|18X18)$/, cells: { dsp: 1 } },
    { type: /^(SP|SPX9|DPB|DPX9B|SDPB|SDPX9B|pROM|pROMX9)$/, cells: { bram: 1 } },
  ],
  placer: {
    program: 'nextpnr-himbaechel',
    used: [
      { type: /^(LUT4|ALU)$/, cells: { lut: 1 } },
      { type: /^RAM16SDP4$/, cells: lutMemory(4) },
      { type: /^DFF$/, cells: { ff: 1 } },
      { type: /^MULT18X18$/, cells: { dsp: 1 } },
      { type: /^BSRAM$/, cells: { bram: 1 } },
    ],
    always: ['LUT4', 'DFF', 'BSRAM'],
  },
};
