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
  /** Bits that one multiplier takes of a first operand wider than `a`; `a` unless told. */
  readonly slice?: number;
  /** Whether a slice gives a bit of it to its sign: multipliers of signed words only. */
  readonly signedOnly?: boolean;
  /** How many it is in the unit in which a data sheet counts; 1 unless told. */
  readonly weight?: number;
}

export interface Dsp {
  /** Operand widths of one multiplier, bits, sign included. */
  readonly a_bits: number;
  readonly b_bits: number;
  /** Bits of an adder before the multiplier, for operand a; none where absent. No use is made of it. */
  readonly pre_adder_bits?: number;
  /** Bits of the adder behind a multiplier, where synthesis uses it. */
  readonly adder_bits?: number;
  /** Most multipliers to be chained by their adders: what a column of them has room for. */
  readonly chain?: number;
  /** Whether operand registers have a hold, which is the opposite of an enable. */
  readonly hold?: boolean;
  /** How synthesis uses them, one pass after the other; none where it does not. */
  readonly passes: readonly MultiplierPass[];
}

/** Adders of look-up tables. */
export interface Adders {
  /** Bits of the longest carry chain worth making in one cycle. */
  readonly longest: number;
  /** The same of one that a look-up table at its end waits for, in a sum that goes round. */
  readonly inLoop: number;
  /** Whether a look-up table that adds can choose something else as well. */
  readonly load: boolean;
}

/** Where a carry takes a tenth of a nanosecond a bit and less. */
export const FAST_ADDERS: Adders = { longest: 48, inLoop: Infinity, load: false };

/** Ways to use one cell of block RAM. */
export interface BlockRamSize {
  /** Block RAMs that the cell is. */
  readonly units: number;
  /** What it costs in the library of `memory_libmap`; `efficient` banks ask for no cost. */
  readonly cost: number;
  /** [width, depth] of each way. */
  readonly shapes: readonly (readonly [width: number, depth: number])[];
}

export interface BlockRam {
  /** Capacity of one, bits. */
  readonly bits: number;
  readonly sizes: readonly BlockRamSize[];
  /**
   * How synthesis lays a memory into them that is deeper than one. `side_by_side`: its banks lie
   * in the columns of one shape next to each other (a written one in whole bytes, or not at all
   * where there is no `byte`). `efficient`: each bank has its own, in the shape that wastes least.
   */
  readonly banks: 'side_by_side' | 'efficient';
  /** Bits that have a write enable of their own. */
  readonly byte?: number;
  /** Widest shape that a written memory may come to have, bits: see `qs5_ram`. */
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

/** Memory in look-up tables, one write port and one read port. */
export interface DistributedRam {
  /** Look-up tables that one takes. */
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
  /** Inputs of one look-up table. */
  readonly lutInputs: 4 | 6;
  readonly dsp: Dsp;
  readonly adders: Adders;
  /** Whether one look-up table delays a bit by several cycles. */
  readonly shiftRegisters: boolean;
  readonly blockRam: BlockRam;
  readonly distributedRam?: DistributedRam;
  /** Yosys commands that synthesise a module; `dsps`: whether the device has any. */
  readonly synthesis: (top: string, dsps: boolean) => readonly string[];
  /** What each type of cell takes; types that take nothing of these (carries, buffers) have none. */
  readonly cells: readonly CellRule[];
  /** Models with which a netlist is simulated; none where absent. */
  readonly models?: CellLibrary;
  readonly placer?: Placer;
  /** Yosys commands that put pads on the ports of a synthesised module, where nextpnr does not. */
  readonly pads?: (top: string) => readonly string[];
  /** The vendor's program for which scripts are written, and whose reports are read. */
  readonly vendor?: 'vivado';
}
