import { lutMemory } from '../cells.js';
import { FAST_ADDERS, type Family, type MultiplierPass } from './family.js';

/** The wider operand first, or second: Yosys tries both. */
const eitherWay = (bits: number, min: number, weight: number): MultiplierPass[] => [
  { a: bits, b: bits, minA: min, minB: 4, weight },
  { a: bits, b: bits, minA: 4, minB: min, weight },
];

/** A memory of one style, mapped before the others: `memory_bram` itself has no style. */
const styled = (style: string) => `*/a:ram_style=${style} */a:rom_style=${style} %u`;

/**
 * Cyclone V. Multipliers are counted as the data sheet counts them: of 18 x 18 bits, half a DSP
 * block each; one of 27 x 27 takes a whole block. Yosys 0.55 leaves registers and sums outside.
 */
export const cyclonev: Family = {
  title: 'Cyclone V',
  lutInputs: 6,
  dsp: {
    a_bits: 18,
    b_bits: 18,
    pre_adder_bits: 18,
    passes: [
      ...eitherWay(27, 19, 2),
      ...eitherWay(18, 10, 1),
      { a: 9, b: 9, minA: 4, minB: 4, weight: 1 },
    ],
  },
  adders: FAST_ADDERS,
  shiftRegisters: false,
  blockRam: {
    bits: 10240,
    sizes: [
      {
        units: 1,
        cost: 1,
        shapes: [
          [40, 256],
          [20, 512],
          [10, 1024],
          [5, 2048],
          [2, 4096],
          [1, 8192],
        ],
      },
    ],
    banks: 'efficient',
  },
  // MISTRAL_MLAB: one bit each
  distributedRam: { luts: 1, shapes: [[1, 32]] },
  synthesis: (top) => [
    `synth_intel_alm -family cyclonev -noiopad -noclkbuf -top ${top} -run begin:map_bram`,
    `memory_map ${styled('logic')}`,
    `memory_bram -rules +/intel_alm/common/lutram_mlab.txt ${styled('distributed')}`,
    `synth_intel_alm -family cyclonev -noiopad -noclkbuf -top ${top} -run map_bram:`,
  ],
  // Table inputs, not adaptive logic modules: two tables share one.
  cells: [
    { type: /^MISTRAL_(ALUT[2-6]|ALUT_ARITH|NOT)$/, cells: { lut: 1 } },
    { type: /^MISTRAL_MLAB$/, cells: lutMemory(1) },
    { type: /^MISTRAL_FF$/, cells: { ff: 1 } },
    { type: /^MISTRAL_MUL27X27$/, cells: { dsp: 2 } },
    { type: /^MISTRAL_MUL(18X18|9X9)$/, cells: { dsp: 1 } },
    { type: /^MISTRAL_M10K$/, cells: { bram: 1 } },
  ],
};
