import type { GeluKind, SigmoidKind } from '../../float/s5/model.js';
import type { MatrixRole, NodeName, Op, PoolNode, Role } from '../types.js';

/**
 * The float graph: the float network as nodes with real parameters.
 *
 * Nodes have the operations and ids of the integer network that quantisation makes of them. A
 * vector of the float graph holds the real values that the integers of that node represent,
 * element by element and step by step. Each place that is quantised has an empty slot; calibration
 * finds its format.
 */
export interface FloatGraph {
  /** In order of computation; exactly one `input`. */
  readonly nodes: readonly FloatNode[];
  /** Id of the node whose vector leaves the network each step. */
  readonly output: string;
}

/** Word length of a slot and the values that its range must cover. */
export type WordSlot =
  | {
      /**
       * - `input`: the words at the pins
       * - `stream`: the residual stream, with one format throughout
       * - `output`: the results of the network, at the word length of the residual stream
       * - `activation`: `non_ssm_act` bits, with a range by the method of the calibration
       * - `state`: the state of the recurrence, with a scale per state
       */
      readonly kind: 'input' | 'stream' | 'output' | 'activation' | 'state';
      /** Ids of the nodes whose values the range covers. */
      readonly covers: readonly string[];
    }
  /** `non_ssm_act` bits for values of at most 1. */
  | { readonly kind: 'unit' }
  /** The upper `ssm_act` bits of the state. */
  | { readonly kind: 'state_read' };

interface FloatNodeBase<R extends Role = Role> extends NodeName<R> {
  /** Elements per vector. */
  readonly length: number;
}

/** A node whose words have a format of their own. */
interface Slotted {
  readonly slot: WordSlot;
}

/** The vector that enters: real values, or with `index` the index of the input that is one. */
export interface FloatInput extends FloatNodeBase, Slotted {
  readonly op: 'input';
  readonly index: boolean;
}

/** y = row `source` of the table, [rows, length] row-major. */
export interface FloatEmbed extends FloatNodeBase<'encoder'>, Slotted {
  readonly op: 'embed';
  readonly source: string;
  readonly rows: number;
  readonly table: Float64Array;
}

/** y = (x - mean) / sqrt(variance + eps) over the elements of a step. */
export interface FloatLayerNorm extends FloatNodeBase {
  readonly op: 'layer_norm';
  readonly source: string;
  readonly eps: number;
}

/** y = gain x + offset; of each one value for all elements, or one each. */
export interface FloatRequantize extends FloatNodeBase, Slotted {
  readonly op: 'requantize';
  readonly source: string;
  readonly gain: Float64Array;
  readonly offset: Float64Array;
}

/** y = W x, W [length, cols] row-major. */
export interface FloatMatvec extends FloatNodeBase<MatrixRole> {
  readonly op: 'matvec';
  readonly source: string;
  readonly cols: number;
  readonly weights: Float64Array;
  /** Added to W x, and taken out again by an offset behind it: see `compensatedGraph`. */
  readonly offset?: Float64Array;
}

/** x <- lambda_bar x + drive from x = 0; vectors hold re and im of each state in turn. */
export interface FloatRecurrence extends FloatNodeBase {
  readonly op: 'recurrence';
  readonly source: string;
  /** Lambda-bar, [P] each. */
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Complex factor of each state that the drive comes with: see `compensatedGraph`; [P] each. */
  readonly gain?: { readonly re: Float64Array; readonly im: Float64Array };
}

/** y = sum + d u, element by element. */
export interface FloatFeedthrough extends FloatNodeBase {
  readonly op: 'feedthrough';
  readonly source: string;
  /** The node that yields u. */
  readonly input: string;
  readonly weights: Float64Array;
}

/** y = f(x), element by element. */
export interface FloatLookup extends FloatNodeBase, Slotted {
  readonly op: 'lookup';
  readonly source: string;
  readonly function: LookupFunction;
}

/** y = a * b, `source` yields b. */
export interface FloatGate extends FloatNodeBase {
  readonly op: 'gate';
  readonly source: string;
  readonly input: string;
}

/** y = skip + branch, `source` yields the branch. */
export interface FloatResidual extends FloatNodeBase {
  readonly op: 'residual';
  readonly source: string;
  readonly input: string;
}

/** The step at the other end of the sequence. */
export interface FloatReverse extends FloatNodeBase {
  readonly op: 'reverse';
  readonly source: string;
}

/** Two vectors of complex states as one, state by state; `input` comes first. */
export interface FloatJoin extends FloatNodeBase {
  readonly op: 'join';
  readonly source: string;
  readonly input: string;
}

/** One vector per sequence. */
export interface FloatPool extends FloatNodeBase {
  readonly op: 'pool';
  readonly source: string;
  readonly mode: PoolNode['mode'];
}

export type FloatNode =
  | FloatInput
  | FloatEmbed
  | FloatLayerNorm
  | FloatRequantize
  | FloatMatvec
  | FloatRecurrence
  | FloatFeedthrough
  | FloatLookup
  | FloatGate
  | FloatResidual
  | FloatReverse
  | FloatJoin
  | FloatPool;

/** The float node of an operation. */
export type FloatNodeOf<K extends Op> = Extract<FloatNode, { readonly op: K }>;

/** Functions that tables hold. */
export type LookupFunction =
  | { readonly name: 'gelu'; readonly variant: GeluKind }
  | { readonly name: 'sigmoid'; readonly variant: SigmoidKind };

/** The node of that id. Throws when there is none: a bug. */
export function floatNodeById({ nodes }: FloatGraph, id: string): FloatNode {
  const node = nodes.find((candidate) => candidate.id === id);
  if (node === undefined) throw new Error(`no node ${id} in the float graph`);
  return node;
}
