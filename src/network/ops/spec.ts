import type * as z from 'zod';
import type { Range } from '../../base/fixed/range.js';
import type { FloatNodeOf } from '../graph/types.js';
import type { Node } from '../types.js';

/** The place of a time step in its sequence. */
export interface StepTag {
  readonly first: boolean;
  readonly last: boolean;
}

/** The vector of a node in this step. */
export type Vectors = (id: string) => Float64Array;

/** One step of one node: the vector that it yields, if any, for the vectors that came before it. */
export type Step = (vectors: Vectors, tag: StepTag) => Float64Array | undefined;

/** Vectors of a node over a sequence, [L, width]. */
export interface Trace {
  readonly width: number;
  readonly data: Float64Array;
}

/** Real vectors of nodes over the sequence, in the order of the stream. */
export interface FloatTraces {
  readonly trace: (id: string) => Trace;
}

/** All that a float node reads: the real input of the network, and the nodes before it. */
export interface FloatReading extends FloatTraces {
  readonly input: Float64Array;
}

/** One sequence as it enters the network: as words, and as the real values, in their units. */
export interface RelaxedInput {
  readonly words: Float64Array;
  readonly values: Float64Array;
}

/** All that a relaxed node reads: the input of the network, and the nodes before it. */
export interface Reading {
  readonly input: RelaxedInput;
  /** In units of the format of the node. */
  readonly trace: (id: string) => Trace;
  readonly node: (id: string) => Node;
}

/** The quantisers of a node that are at work. */
export interface Switches {
  readonly weights: boolean;
  readonly words: boolean;
}

/** A place in a node where real values become integers. */
export interface QuantiserSpec {
  /** The constants of the node, or the words that it yields. */
  readonly what: 'weights' | 'words';
  /** Word length, bits. */
  readonly width: number;
}

/** The constants of a node, and the real values that they represent. */
export interface RealWeights {
  readonly whole: ArrayLike<number>;
  readonly real: ArrayLike<number>;
  /** Word length, bits. */
  readonly width: number;
  /** Real value of the last place; Infinity where an exponent makes every value fit its word. */
  readonly unit: number;
}

/** Weights that a node holds as integers, read back as real values. */
export interface ReadWeights {
  /** In the order of the integers: rows of a matrix; re and then im of Lambda-bar. */
  readonly values: Float64Array;
  /** Real value of the last place of each. */
  readonly steps: Float64Array;
}

/** The nodes before a node, and exact bounds of each of their elements. */
export interface Bounds {
  readonly node: (id: string) => Node;
  readonly elements: (id: string) => readonly Range[];
}

/** Schemas of all fields of a node, those that may be absent too. */
export type FieldsOf<N> = { readonly [F in keyof N]-?: z.ZodType<N[F]> };

/** All that the tool knows of an operation, apart from its hardware (`hardware/plan/`) and its kernel (`emulate/fast/`). */
export interface OpSpec<N extends Node> {
  /** The node as data of a network file. */
  readonly schema: z.ZodObject<FieldsOf<N>>;
  /** Ids that the node reads; first the one whose stream it follows. */
  readonly sources: (node: N) => readonly string[];
  /** The first mistake in sizes, constants and bounds; undefined where there is none. */
  readonly problem: (node: N, nodeOf: (id: string) => Node) => string | undefined;
  /** Exact bounds of each element, for any input. */
  readonly elements: (node: N, before: Bounds) => readonly Range[];
  /** True if words saturate while the network runs, with a sticky flag in the hardware. */
  readonly saturates: boolean;
  /** True if no input, of sequences up to `length` steps, makes the node clip. */
  readonly proved: (node: N, before: Bounds, length: number) => boolean;
  /** The exact integer step: the definition of the right answer. */
  readonly step: (node: N, onClip: () => void) => Step;
  /** In the order of computation. */
  readonly quantisers: (node: N) => readonly QuantiserSpec[];
  /** Its weights as real values; undefined without weights. */
  readonly readWeights: (node: N, nodeOf: (id: string) => Node) => ReadWeights | undefined;
  /** Its weights and the real ones, in units of the format; undefined without weights. */
  readonly weights: (
    node: N,
    real: FloatNodeOf<N['op']>,
    nodeOf: (id: string) => Node,
  ) => RealWeights | undefined;
  /** The float step over a whole sequence, in real units: the operation without any quantiser. */
  readonly float: (node: FloatNodeOf<N['op']>, reading: FloatReading) => Float64Array;
  /**
   * The node over a whole sequence with its quantisers on or off. With all on, and whole numbers as
   * input, the result is the words of the integer network. With all off, the result is the values
   * of the float network, in units of the node's format. Inputs need not be whole numbers.
   *
   * @param real the node of the float graph, with the real parameters.
   */
  readonly relaxed: (
    node: N,
    real: FloatNodeOf<N['op']>,
    reading: Reading,
    on: Switches,
  ) => Float64Array;
}
