import type { FamilyName } from '../../src/hardware/device/families/index.js';

/** How Yosys 0.55 gets to its multipliers and memories, per family: as short as it is the same. */
export interface FamilyProbe {
  readonly family: FamilyName;
  /** A device of the family that has DSPs. */
  readonly device: string;
  /** Up to the mapping of multipliers; what comes after does not change their number. */
  readonly multipliers: string;
  readonly dsp: RegExp;
  /** The mapping of memories to block RAM. */
  readonly memories: string;
}

const xilinx = (lutrams: string, ...defines: readonly string[]) =>
  [
    `memory_libmap -lib +/xilinx/${lutrams}.txt -lib +/xilinx/brams_xc4v.txt`,
    ...['HAS_SIZE_36', 'HAS_MIXWIDTH_SDP', ...defines].map((name) => `-D ${name}`),
  ].join(' ');
const libmap = (family: string) =>
  `memory_libmap -lib +/${family}/lutrams.txt -lib +/${family}/brams.txt`;

export const FAMILY_PROBES: readonly FamilyProbe[] = [
  {
    family: 'ice40',
    device: 'ice40up5k',
    multipliers: 'synth_ice40 -dsp -run begin:map_ram',
    dsp: /^SB_MAC16$/,
    memories: 'memory_libmap -lib +/ice40/brams.txt',
  },
  {
    family: 'ecp5',
    device: 'ecp5-25f',
    multipliers: 'synth_ecp5 -run begin:map_ram',
    dsp: /^MULT18X18D$/,
    memories: libmap('ecp5'),
  },
  {
    family: 'xc7',
    device: 'xc7a35t',
    multipliers: 'synth_xilinx -family xc7 -run begin:coarse',
    dsp: /^DSP48E1$/,
    memories: xilinx('lutrams_xc5v', 'HAS_CASCADE', 'HAS_CONFLICT_BUG'),
  },
  {
    family: 'xcup',
    device: 'xczu3eg',
    multipliers: 'synth_xilinx -family xcup -run begin:coarse',
    dsp: /^DSP48E2$/,
    memories: xilinx('lutrams_xcu', 'HAS_ADDRCE'),
  },
  {
    family: 'gowin',
    device: 'gw2a-18',
    multipliers: 'synth_gowin -family gw2a -run begin:map_ram',
    dsp: /^MULT/,
    memories: libmap('gowin'),
  },
  {
    family: 'cyclonev',
    device: '5ceba4',
    multipliers: 'synth_intel_alm -family cyclonev -run begin:map_bram',
    dsp: /^MISTRAL_MUL/,
    memories: 'memory_bram -rules +/intel_alm/common/bram_m10k.txt',
  },
];

/** A text that a run of Yosys left. */
export function textOf(file: unknown): string {
  return file instanceof Uint8Array ? new TextDecoder().decode(file) : String(file);
}
