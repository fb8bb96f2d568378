import type { CellRule } from '../cells.js';

/** One pass of Yosys (mul2dsp) that puts products into multipliers of one shape. */
export interface MultiplierPass {
  /** Operand widths of the multiplier, bits. */
  readonly a: number;
  readonly b: number;
  /** Narrowest operands, and product, that it takes. */
  readonly minA: number;
  readonly minB: number;
  readonly minProduct?: number;
  /** Bits that one multiplier takes of a first operand wider than `a`; `a` where absent. */
  readonly slice?: number;
  /** A slice gives one of its bits to the sign: the multipliers take signed words only. */
  readonly signedOnly?: boolean;
  /** Multipliers that it counts for in the data sheet; 1 where absent. */
  readonly weight?: number;
}

export interface Dsp {
  /** Operand widths of one multiplier, bits, sign included. */
  readonly a_bits: number;
  readonly b_bits: number;
  /** Bits of an adder before the multiplier, for operand a; none where absent. qs5 does not use it. */
  readonly pre_adder_bits?: number;
  /** Bits of the adder behind a multiplier, where synthesis uses it. */
  readonly adder_bits?: number;
  /** Most multipliers in a chain through their adders: the length of a column. */
  readonly chain?: number;
  /** Operand registers have a hold, which is the opposite of an enable. */
  readonly hold?: boolean;
  /** Passes of synthesis that map products to them, in order; empty where there are none. */
  readonly passes: readonly MultiplierPass[];
}

/** Adders of LUTs. */
export interface Adders {
  /** Bits of the longest carry chain worth making in one cycle. */
  readonly longest: number;
  /** The same for a carry chain with a LUT at its end, in the loop of an accumulator. */
  readonly inLoop: number;
  /** A LUT that adds can also be a multiplexer. */
  readonly load: boolean;
}

/** Adders of families whose carry takes at most 0.1 ns a bit. */
export const FAST_ADDERS: Adders = { longest: 48, inLoop: Infinity, load: false };

/** Ways to use one cell of block RAM. */
export interface BlockRamSize {
  /** Block RAMs that the cell is. */
  readonly units: number;
  /** Cost in the library of `memory_libmap`; unused with `efficient` banks. */
  readonly cost: number;
  /** [width, depth] of each way. */
  readonly shapes: readonly (readonly [width: number, depth: number])[];
}

export interface BlockRam {
  /** Capacity of one, bits. */
  readonly bits: number;
  readonly sizes: readonly BlockRamSize[];
  /**
   * The layout of a memory that is deeper than one block RAM. `side_by_side`: its banks are columns of
   * one shape (a written memory in whole bytes, or not at all where `byte` is absent). `efficient`:
   * each bank has block RAMs of its own, in the shape that wastes least.
   */
  readonly banks: 'side_by_side' | 'efficient';
  /** Bits that have a write enable of their own. */
  readonly byte?: number;
  /** Widest shape of a written memory, bits. Wider ones are split by `qs5_ram`. */
  readonly widestWritten?: number;
}

/** Block RAMs of 18 kbit, as several families have them. */
export const KBITS_18 = {
  bits: 18432,
  shapes: [
    [36, 512],
    [18, 1024],
    [9, 2048],
    [4, 4096],
    [2, 8192],
    [1, 16384],
  ],
} as const;

/** Memory in LUTs, one write port and one read port. */
export interface DistributedRam {
  /** LUTs of one memory. */
  readonly luts: number;
  /** [width, depth] of each way to use them. */
  readonly shapes: readonly (readonly [width: number, depth: number])[];
}

/** Simulation models of a family's cells. */
export interface CellLibrary {
  /** File in the share folder of Yosys. */
  readonly library: readonly string[];
  /** Modules of that file that Icarus cannot read, and no netlist of synthesis has. */
  readonly without?: readonly string[];
  /** Our own, for cells of which that file has only the ports. */
  readonly own?: string;
  /** Macros that the library wants. */
  readonly defines: readonly string[];
}

/** The nextpnr of a family. */
export interface Placer {
  readonly program: 'nextpnr-ice40' | 'nextpnr-ecp5' | 'nextpnr-himbaechel';
  /** An npm package with it, where there is one, and its size. */
  readonly package?: { readonly name: string; readonly size: string };
  /** Arguments that every device of the family needs. */
  readonly arguments?: readonly string[];
  /** Kinds of cells in its report, as cells. */
  readonly used: readonly CellRule[];
  /** Kinds of which any report names at least one: a report without is of another family. */
  readonly always: readonly string[];
}

/** All that is the same for every device of a family. */
export interface Family {
  readonly title: string;
  /** Inputs of one LUT. */
  readonly lutInputs: 4 | 6;
  readonly dsp: Dsp;
  readonly adders: Adders;
  /** One LUT delays a bit by several cycles. */
  readonly shiftRegisters: boolean;
  readonly blockRam: BlockRam;
  readonly distributedRam?: DistributedRam;
  /** Yosys commands that synthesise a module; `dsps`: whether the device has any. */
  readonly synthesis: (top: string, dsps: boolean) => readonly string[];
  /** Resources of each type of cell; types without any (carries, buffers) have no rule. */
  readonly cells: readonly CellRule[];
  /** Models with which a netlist is simulated; none where absent. */
  readonly models?: CellLibrary;
  readonly placer?: Placer;
  /** Yosys commands that put pads on the ports of a synthesised module, where nextpnr does not. */
  readonly pads?: (top: string) => readonly string[];
  /** The vendor's program for which scripts are written, and whose reports are read. */
  readonly vendor?: 'vivado';
}
