import type { Family } from './family.js';

export const ice40: Family = {
  title: 'iCE40',
  lutInputs: 4,
  dsp: {
    a_bits: 16,
    b_bits: 16,
    adder_bits: 32,
    chain: 16,
    hold: true,
    passes: [{ a: 16, b: 16, minA: 2, minB: 2, minProduct: 11 }],
  },
  // A carry takes 0.28 ns a bit: a sum of 11 bits in a loop is about as slow as a product.
  adders: { longest: 16, inLoop: 11, load: true },
  shiftRegisters: false,
  blockRam: {
    bits: 4096,
    sizes: [
      {
        units: 1,
        cost: 64,
        shapes: [
          [16, 256],
          [8, 512],
          [4, 1024],
          [2, 2048],
        ],
      },
    ],
    banks: 'side_by_side',
    byte: 1,
  },
  // A part without DSPs must not be given any.
  synthesis: (top, dsps) => [`synth_ice40${dsps ? ' -dsp' : ''} -top ${top}`],
  cells: [
    { type: /^SB_LUT4$/, cells: { lut: 1 } },
    { type: /^SB_DFF/, cells: { ff: 1 } },
    { type: /^SB_MAC16$/, cells: { dsp: 1 } },
    { type: /^SB_RAM40_4K/, cells: { bram: 1 } },
  ],
  models: {
    library: ['ice40', 'cells_sim.v'],
    // Without the macro, inputs left open would count as 0.
    defines: ['NO_ICE40_DEFAULT_ASSIGNMENTS'],
  },
  placer: {
    program: 'nextpnr-ice40',
    package: { name: '@yowasp/nextpnr-ice40', size: '220 MB' },
    // A logic cell is a LUT with its flip-flop: the report does not separate the two.
    used: [
      { type: /^ICESTORM_LC$/, cells: { lut: 1 } },
      { type: /^ICESTORM_DSP$/, cells: { dsp: 1 } },
      { type: /^ICESTORM_RAM$/, cells: { bram: 1 } },
    ],
    always: ['ICESTORM_LC', 'ICESTORM_RAM'],
  },
};
