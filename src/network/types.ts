import { at } from '../base/at.js';
import type { Range } from '../base/fixed/range.js';
import type { Rounding } from '../base/fixed/rounding.js';

/**
 * The integer network: what the right answer is, before any hardware and any time.
 *
 * Every source precedes its readers. Each node yields one vector of integers per time step; nodes
 * behind a pool yield one per sequence. Complex vectors of P states
 * are 2P integers, re and im in turn. A `reverse` turns a sequence round, and what follows it runs
 * backwards in time: its first step is the sequence's last (see `segments.ts`).
 */
export interface IntegerNetwork {
  /** From the config; names the hardware. */
  readonly name: string;
  /** In order of computation; exactly one `input`. */
  readonly nodes: readonly Node[];
  /** Id of the node whose vector leaves the network each step. */
  readonly output: string;
  /** Longest sequence, time steps; only a network that pools or turns sequences round has one. */
  readonly maxLength?: number;
}

/** How the integers of a vector are to be read. */
export interface Format {
  /** Signed word length in bits. */
  readonly width: number;
  /** Real value = integer * scale; one scale for all elements, or one each. */
  readonly scale: readonly number[];
}

/** Parts that a matrix of weights may have in the network. */
export const MATRIX_ROLES = ['encoder', 'b', 'c', 'value', 'gate', 'decoder'] as const;
export type MatrixRole = (typeof MATRIX_ROLES)[number];

/** Parts that a node may have in the network, as in docs/numbers.md; each occurs once per layer. */
export const ROLES = [
  ...MATRIX_ROLES,
  ...['input', 'encoder_out', 'decoder_out', 'pool'],
  ...['norm', 'norm_layer', 'bu', 'recurrence', 'x', 'd', 'y'],
  ...['skip_reversed', 'bu_reversed', 'x_reversed', 'norm_reversed', 'norm_reversed_layer'],
  ...['recurrence_reversed', 'x_second', 'states'],
  ...['gelu', 'value_out', 'gate_out', 'sigmoid', 'product', 'branch'],
  ...['residual', 'postnorm', 'postnorm_layer'],
] as const;
export type Role = (typeof ROLES)[number];

/** Tensors of the float network whose range may be a bound (`calibration.proved`). */
export const PROVABLE_TENSORS = ['u', 'states', 'y', 'gate', 'value', 'output'] as const;
export type ProvableTensor = (typeof PROVABLE_TENSORS)[number];

/** The place of a node in the network. */
export interface NodeName<R extends Role = Role> {
  /** Unique; names blocks, files and signals: [a-z][a-z0-9_]*. It means nothing: see the others. */
  readonly id: string;
  readonly role: R;
  /** Number of its layer, from 0; absent outside the layers, and in a network of one core. */
  readonly layer?: number;
  /** The provable tensor whose words it yields; absent where there is none. */
  readonly tensor?: ProvableTensor;
}

interface NodeBase<R extends Role = Role> extends NodeName<R> {
  /** Elements per vector. */
  readonly length: number;
  readonly format: Format;
  /** Exact bounds of every element, whatever the input. */
  readonly range: Range;
}

/** The input of the network; any word of the format may occur. */
export interface InputNode extends NodeBase {
  readonly op: 'input';
  /** True if the words are at least 0, so that the bus needs no sign bit: pixels, indices. */
  readonly unsigned: boolean;
}

/** q = saturate(round((acc * multiplier + offset) / 2^shift)), factors per tensor or per element. */
export interface RequantizeNode extends NodeBase {
  readonly op: 'requantize';
  readonly source: string;
  /** Signed integers; length 1 or `length`. */
  readonly multiplier: readonly number[];
  /** At the scale of the product; length 1 or `length`. */
  readonly offset: readonly number[];
  readonly shift: number;
  readonly rounding: Rounding;
}

/**
 * y = W x, exact. The real weight of row m and column n is the integer times scale[m] of the sums
 * over scale[n] of the source: `real_weights.ts` reads it back.
 */
export interface MatvecNode extends NodeBase<MatrixRole> {
  readonly op: 'matvec';
  readonly source: string;
  readonly cols: number;
  /** Row-major, `length` x `cols`, within +-(2^(weightWidth-1)-1). */
  readonly weights: Int32Array;
  readonly weightWidth: number;
}

/**
 * x <- saturate(round(lambda_bar * x) + bu), re and im apart, one rounding per complex sum.
 * The first step of a sequence finds x = 0.
 */
export interface RecurrenceNode extends NodeBase {
  readonly op: 'recurrence';
  /** bu, in the format of the state. */
  readonly source: string;
  readonly lambda: LambdaBar;
  readonly rounding: Rounding;
}

/** y = (sum << sumShift) + ((d * u) << productShift), element by element, exact. */
export interface FeedthroughNode extends NodeBase {
  readonly op: 'feedthrough';
  readonly source: string;
  /** The node that yields u. */
  readonly input: string;
  readonly weights: Int32Array;
  readonly weightWidth: number;
  readonly sumShift: number;
  readonly productShift: number;
}

/** y = table[x]: any function of one word. */
export interface LookupNode extends NodeBase {
  readonly op: 'lookup';
  readonly source: string;
  /** 2^w entries for a source of w bits, addressed by the code as an unsigned number. */
  readonly table: Int32Array;
  /** Places in the table whose value is beyond the word, ascending; absent where there are none. */
  readonly clipped?: Int32Array;
}

/** y = a * b, element by element, exact. */
export interface GateNode extends NodeBase {
  readonly op: 'gate';
  /** The node that yields b, the later of the two. */
  readonly source: string;
  /** The node that yields a. */
  readonly input: string;
}

/** y = saturate(skip + branch), all at the scale of the residual stream. */
export interface ResidualNode extends NodeBase {
  readonly op: 'residual';
  /** The branch. */
  readonly source: string;
  /** The skip. */
  readonly input: string;
}

/** y = row `source` of a table: the encoder of a one-hot input, whose index is the source. */
export interface EmbedNode extends NodeBase<'encoder'> {
  readonly op: 'embed';
  readonly source: string;
  readonly rows: number;
  /** Row-major, `rows` x `length`. An index beyond the rows takes the last of them. */
  readonly table: Int32Array;
  /** Places in the table whose value is beyond the word, ascending; absent where there are none. */
  readonly clipped?: Int32Array;
}

/**
 * The vector less its mean, over its standard deviation, at 2^-outFrac (QLayerNorm of Q-S5, all in
 * integers; an affine requantisation follows). With H = length, S = sum x, D = H sum x^2 - S^2 +
 * epsilon, k = floor(log2(D) / 2) and m = D / 4^k:
 *
 * y[h] = round((H x[h] - S) * table[floor(m 2^indexBits) - 2^indexBits] / 2^(frac + k - outFrac))
 */
export interface LayerNormNode extends NodeBase {
  readonly op: 'layer_norm';
  readonly source: string;
  /** eps H^2 / scale^2, at least 1. */
  readonly epsilon: bigint;
  readonly indexBits: number;
  readonly frac: number;
  readonly outFrac: number;
  /** 3 * 2^indexBits entries: 2^frac / sqrt(m) for m from 1 up to 4. */
  readonly table: Int32Array;
  readonly rounding: Rounding;
}

/** The step at the other end of the sequence: y[k] = x[L-1-k]. */
export interface ReverseNode extends NodeBase {
  readonly op: 'reverse';
  readonly source: string;
}

/** Two vectors of complex states as one: re a, im a, re b, im b of each state in turn. */
export interface JoinNode extends NodeBase {
  readonly op: 'join';
  /** The node that yields b, the later of the two. */
  readonly source: string;
  /** The node that yields a. */
  readonly input: string;
}

export const POOL_MODES = ['mean', 'first', 'last'] as const;

/** One vector per sequence. */
export interface PoolNode extends NodeBase {
  readonly op: 'pool';
  readonly source: string;
  /** round(sum / length), or the vector of the first or last step in the order of the stream. */
  readonly mode: (typeof POOL_MODES)[number];
  readonly rounding: Rounding;
}

export type Node =
  | InputNode
  | EmbedNode
  | LayerNormNode
  | ReverseNode
  | JoinNode
  | PoolNode
  | RequantizeNode
  | MatvecNode
  | RecurrenceNode
  | FeedthroughNode
  | LookupNode
  | GateNode
  | ResidualNode;

export type Op = Node['op'];

/** The node of an operation. */
export type NodeOf<K extends Op> = Extract<Node, { readonly op: K }>;

/** Lambda-bar of P states in one of three encodings. */
export type LambdaBar = DirectLambda | DeltaLambda | AnchoredLambda;

/** lambda_bar = (re + j im) / 2^frac. */
export interface DirectLambda {
  readonly form: 'direct';
  /** Bits of re and of im. */
  readonly width: number;
  readonly frac: number;
  readonly re: Int32Array;
  readonly im: Int32Array;
}

/**
 * 1 - lambda_bar = (re * 2^reShift + j im * 2^imShift) / 2^frac: a mantissa with an exponent of
 * its own for each part, since slow states live near 1.
 */
export interface DeltaLambda {
  readonly form: 'delta';
  /** Bits of each mantissa. */
  readonly width: number;
  readonly frac: number;
  readonly re: Int32Array;
  readonly im: Int32Array;
  readonly reShift: Int32Array;
  readonly imShift: Int32Array;
}

/** Points that a pole may be measured from; times an anchor is wiring and a sign. */
export const ANCHORS = [
  { re: 0, im: 0 },
  { re: 1, im: 0 },
  { re: -1, im: 0 },
  { re: 0, im: 1 },
  { re: 0, im: -1 },
] as const;

/**
 * anchor - lambda_bar in place of 1 - lambda_bar: poles that turn fast are near another anchor
 * than 1.
 */
export interface AnchoredLambda extends Omit<DeltaLambda, 'form'> {
  readonly form: 'anchored';
  /** Index into `ANCHORS` of each state. */
  readonly anchor: Int32Array;
}

/** The coefficients of lambda_bar as integers at 2^-frac, whatever the encoding. */
export function lambdaAsIntegers(lambda: LambdaBar): { re: number[]; im: number[] } {
  if (lambda.form === 'direct') return { re: [...lambda.re], im: [...lambda.im] };
  const shift = (mantissa: Int32Array, by: Int32Array) =>
    Array.from(mantissa, (m, p) => m * 2 ** at(by, p));
  const unit = 2 ** lambda.frac;
  const anchorOf = (p: number) =>
    lambda.form === 'delta' ? ANCHORS[1] : at(ANCHORS, at(lambda.anchor, p));
  return {
    re: shift(lambda.re, lambda.reShift).map((delta, p) => anchorOf(p).re * unit - delta + 0),
    im: shift(lambda.im, lambda.imShift).map((delta, p) => anchorOf(p).im * unit - delta + 0),
  };
}

/** The node of that id. Throws when there is none: a bug. */
export function nodeById(network: IntegerNetwork, id: string): Node {
  const node = network.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) throw new Error(`no node ${id} in network ${network.name}`);
  return node;
}

/** The pool of a network that has one. */
export function poolNode(network: IntegerNetwork): PoolNode | undefined {
  return network.nodes.find((node) => node.op === 'pool');
}

/** The one input node. */
export function inputNode(network: IntegerNetwork): InputNode {
  const node = network.nodes.find((candidate) => candidate.op === 'input');
  if (node?.op !== 'input') throw new Error(`network ${network.name} has no input`);
  return node;
}
