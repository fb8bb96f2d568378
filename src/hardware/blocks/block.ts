import { at } from '../../base/at.js';
import type { Memory, MemoryStyle, Multiplier, Placement } from '../resources.js';

export type { Memory, MemoryStyle, Multiplier, Placement } from '../resources.js';

/**
 * Contract of a block, one instance of one Verilog module, for every consumer of a plan.
 *
 * Each module has one contract file here, the only place where its facts are written in
 * TypeScript: parameters, ports, timing, memories, multipliers, and what it does to machine words.
 * No consumer switches on the kind of block.
 */

/** Groups of wires with a common meaning; the signal names are in `bundles.ts`. */
export type BundleType =
  'stream' | 'vector' | 'step' | 'go' | 'multiply' | 's_axis' | 'm_axis' | 'flag';

/** One end of a bundle: port `in` of type stream has the Verilog ports in_valid_i, in_tag_i ... */
export interface Port {
  readonly name: string;
  readonly type: BundleType;
  /** `out` is the producer's end, which drives the data. */
  readonly direction: 'in' | 'out';
  /** Words per beat or read, and bits per word; 0 where the bundle carries no data. */
  readonly lanes: number;
  readonly width: number;
  /** Bits of the second operand of a `multiply` bundle. */
  readonly secondWidth?: number;
  /** Producers that an input gathers, their wires side by side; 1 if absent. */
  readonly clients?: number;
}

export interface VerilogParameter {
  readonly name: string;
  readonly value: number | string;
}

/** Folder of the ROM images inside a design's folder; the file names of a block begin with it. */
export const ROM_FOLDER = 'rom';

/** Contents of one ROM, loaded by $readmemh. Large `words` are computed on first use. */
export interface RomImage {
  /** Path inside the design's folder. */
  readonly file: string;
  /** Bits per word. */
  readonly width: number;
  /** Unsigned words, address 0 first. */
  readonly words: readonly bigint[];
  /** Layout of a word, for a reader of the file. */
  readonly layout: string;
}

/**
 * Logic of a block without its memories and multipliers: amounts by name, computed from its parameters.
 * `register` counts flip-flops. Each other name is a kind of logic (`adder`: bits of carry chains, `mux`:
 * bits of two-way choices, ...). The LUTs and flip-flops of one unit are measured per module and family.
 */
export type Structure = Readonly<Record<string, number>>;

/** A path from register to register. */
export interface Path {
  /** `product`: a multiplier without its registers, where a product is made of several. */
  readonly from: 'register' | 'memory' | 'multiplier' | 'product';
  /** LUTs in series; the sum of a carry chain counts as one. */
  readonly levels: number;
  /** Bits of the longest carry chain in it. */
  readonly carry: number;
  /** A multiplier is further away than other registers. */
  readonly to?: 'multiplier';
}

/**
 * Cycles of one port in one time step, relative to the step's start: those in which a stream's
 * valid, or a vector's start, is high.
 */
export type Timing = readonly number[];

/** When a buffer is read in one time step. */
export interface ReadTiming {
  /** Cycles of the reads that first go through the vector. */
  readonly pass: Timing;
  /** Cycle of the last read of all. */
  readonly last: number;
}

export interface BlockTiming {
  /**
   * Per output port; of a `multiply` port, the cycles in which the operands count. A block that must
   * be through with one step before the next may name the cycles in which it is busy as well.
   */
  readonly outputs: Readonly<Record<string, Timing>>;
  /** Per vector input port: when its buffer is read. */
  readonly reads: Readonly<Record<string, ReadTiming>>;
}

/** Words of one beat, lowest lane first, as signed integers. */
export type Beat = readonly number[];

/** Tags of a time step: it is the first, the last of its sequence. */
export interface StepTag {
  readonly first: boolean;
  readonly last: boolean;
}

/** The block in machine words: what its registers, memories and ROM words make of one step. */
export interface Machine {
  /** Beats of one step per input port to beats per output port. A vector is its reads in order. */
  step(inputs: Readonly<Record<string, readonly Beat[]>>, tag: StepTag): Record<string, Beat[]>;
  /** Sticky flags by port name. */
  flags(): Readonly<Record<string, boolean>>;
}

export interface Block {
  /** Instance name without its prefix, unique in the plan. */
  readonly id: string;
  readonly module: string;
  /** Equation and formats in one line, for a reader of the generated Verilog; `in` is its stream. */
  readonly summary: string;
  readonly parameters: readonly VerilogParameter[];
  readonly ports: readonly Port[];
  readonly roms: readonly RomImage[];
  readonly multipliers: readonly Multiplier[];
  /**
   * Multipliers that the block has outside, at its `multiply` port, by the widths of its own
   * operands; those of the port are at least as wide.
   */
  readonly operands?: Multiplier;
  readonly memories: readonly Memory[];
  readonly structure: Structure;
  /** Candidates for the critical path. */
  readonly paths: readonly Path[];
  /** Useful multiplications per time step. */
  readonly products: number;
  /** Least cycles from one step to the next, and what sets it. */
  readonly minInterval: number;
  readonly limit: string;
  /** When outputs appear, from when inputs do. */
  timing(inputs: Readonly<Record<string, Timing>>): BlockTiming;
  /** A machine in the state after reset. */
  createMachine(): Machine;
}

/** Signed word of `width` bits in a summary: `s16`. */
export function signed(width: number): string {
  return `s${width}`;
}

/** The port of that name. Throws when there is none: a bug. */
export function portOf(block: Block, name: string): Port {
  const port = block.ports.find((candidate) => candidate.name === name);
  if (port === undefined) throw new Error(`block ${block.id} has no port ${name}`);
  return port;
}

/** An entry that must be there. Throws when it is not: a bug. */
export function must<T>(record: Readonly<Record<string, T>>, key: string): T {
  const value = record[key];
  if (value === undefined) throw new Error(`nothing at ${key}`);
  return value;
}

export function streamPort(
  name: string,
  direction: 'in' | 'out',
  lanes: number,
  width: number,
): Port {
  return { name, type: 'stream', direction, lanes, width };
}

export function vectorPort(
  name: string,
  direction: 'in' | 'out',
  lanes: number,
  width: number,
): Port {
  return { name, type: 'vector', direction, lanes, width };
}

/** A sticky status bit `<name>_o`. */
export function flagPort(name: string): Port {
  return { name, type: 'flag', direction: 'out', lanes: 1, width: 1 };
}

/** Reads that go along with a stream, beat by beat. */
export function readAlong(beats: Timing): ReadTiming {
  return { pass: beats, last: at(beats, beats.length - 1) };
}

/** Timing of a block that passes beats on after a fixed number of cycles. */
export function delayed(timing: Timing, latency: number): Timing {
  return timing.map((cycle) => cycle + latency);
}

/** A memory that is written, placed by a policy. */
export function ram(
  name: string,
  depth: number,
  width: number,
  place: Placement = () => 'auto',
): Memory & { readonly style: MemoryStyle } {
  return { name, kind: 'ram', style: place({ kind: 'ram', depth, width }), depth, width };
}
