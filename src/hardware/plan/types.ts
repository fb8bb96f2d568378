import type { Emit } from '../blocks/axis_out.js';
import type { Block, Timing } from '../blocks/block.js';
import type { IntegerNetwork } from '../../network/types.js';
import type { Fabric } from './fabric.js';

/** One end of a connection. */
export interface Endpoint {
  readonly block: string;
  readonly port: string;
}

/**
 * The use of a connection.
 *
 * - `stream`: beats that the consumer takes as they come;
 * - `vector`: into or out of a buffer whose vector an engine reads again and again;
 * - `delay`: into or out of a buffer that holds a vector until another stream meets it;
 * - `meeting`: that other stream;
 * - `step`: starts of a segment's steps, for the block that takes their results;
 * - `go`: starts of a replay's steps, for its stores;
 * - `multiply`: operands for multipliers outside of an engine.
 */
export type Purpose = 'stream' | 'vector' | 'delay' | 'meeting' | 'step' | 'go' | 'multiply';

/** A producer's port and one consumer's; a stream may have several consumers. */
export interface Connection {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly purpose: Purpose;
}

/** One AXI4-Stream edge of the design. */
export interface Edge {
  readonly block: string;
  /** Elements per time step. */
  readonly elements: number;
  /** Elements per beat, and beats per time step. */
  readonly lanes: number;
  readonly beats: number;
  /** Bits of an element, and of its slot on the bus. */
  readonly width: number;
  readonly slotWidth: number;
  /** Real value of one integer step, one or one per element. */
  readonly scale: readonly number[];
}

/** Sizes of a replay and its stores. */
export interface ReplaySize {
  /** Vectors of each store. */
  readonly depth: number;
  /** Cycles from the start of a sequence's last step until all of it is stored. */
  readonly delay: number;
}

/**
 * Blocks whose time steps have one start. A design has one segment, and one more for each time
 * that it turns a sequence round.
 */
export interface Segment {
  /** The port that starts the steps: of the input edge, or of a replay. */
  readonly source: Endpoint;
  /** The block that takes the results: a replay, or the output edge. */
  readonly sink: string;
  /**
   * Its steps start whole intervals apart, a late one at the next multiple: engines take turns with
   * multipliers further apart than an interval.
   */
  readonly aligned: boolean;
  readonly blocks: readonly string[];
}

/**
 * The hardware as one value: what is instantiated, how it is wired, and when everything happens.
 * A step's cycles count from its start in its segment; the schedule is static, only starts wait.
 */
export interface Plan {
  /** Name in the config; the top module is `top`. */
  readonly name: string;
  readonly top: string;
  readonly network: IntegerNetwork;
  /** Producers before consumers. */
  readonly blocks: readonly Block[];
  readonly connections: readonly Connection[];
  /** Cycles from step to step, at least those of the slowest block. */
  readonly interval: number;
  /** The block that binds the interval, and its limit. */
  readonly binding: { readonly block: string; readonly limit: string };
  /**
   * Cycles from the first input beat of a sequence of one step to the last output beat, both
   * counted at their handshake, when nothing waits. See `sequenceLatency` for longer ones.
   */
  readonly latency: number;
  /** In the order in which a step goes through them. */
  readonly segments: readonly Segment[];
  /** By block id. */
  readonly replays: ReadonlyMap<string, ReplaySize>;
  /** Layer of the network that a block belongs to, by block id; absent outside the layers. */
  readonly layers: ReadonlyMap<string, number>;
  /** The steps of the last segment that give a result. */
  readonly emit: Emit;
  /** Cycles of every output port, by `block.port`. */
  readonly timing: ReadonlyMap<string, Timing>;
  /** Vectors in each buffer, and the cycles in which a vector occupies its bank. */
  readonly lifetimes: ReadonlyMap<string, Lifetime>;
  readonly input: Edge;
  readonly output: Edge;
  /** Vectors that the output edge holds or promises. */
  readonly slots: number;
}

/** Occupation of a buffer by the vector of one step. */
export interface Lifetime {
  readonly banks: number;
  /** First write and last read. */
  readonly from: number;
  readonly to: number;
  /** Least cycles from the write of an element to its first read. */
  readonly slack: number;
}

/** The folding of each engine; every `auto` is resolved. */
export interface Folding {
  /** Least cycles from step to step, for engines that take turns; that of the slowest if absent. */
  readonly interval?: number;
  /** Engines whose cycles never meet share their multipliers. */
  readonly share: boolean;
  /** Features of the device that decide the variants of blocks. */
  readonly fabric: Fabric;
  readonly inputLanes: number;
  readonly outputLanes: number;
  /** By node id. */
  readonly matvec: Readonly<Record<string, MatvecFolding>>;
  readonly recurrence: RecurrenceFolding;
}

export interface MatvecFolding {
  readonly pe: number;
  readonly simd: number;
}

export interface RecurrenceFolding {
  readonly lanes: number;
  /** Per complex product; 1 does all products of all states in turn, on one lane. */
  readonly multipliers: 1 | 3 | 4;
}

/**
 * Cycles from the first input beat of a sequence of `length` steps to the last beat of its first
 * result, without stalls. A pool and each replay wait for the last step.
 */
export function sequenceLatency(plan: Plan, length: number): number {
  const passes = plan.segments.length - (plan.emit === 'last' ? 0 : 1);
  return plan.latency + passes * (length - 1) * plan.interval;
}

/** The segment of a block, counted from 0. */
export function segmentOf(plan: Pick<Plan, 'segments'>, id: string): number {
  return plan.segments.findIndex(({ blocks }) => blocks.includes(id));
}

/** `block.port` */
export function endpointKey({ block, port }: Endpoint): string {
  return `${block}.${port}`;
}

/** The block of that id. Throws when there is none: a bug. */
export function blockById(plan: Pick<Plan, 'blocks'>, id: string): Block {
  const block = plan.blocks.find((candidate) => candidate.id === id);
  if (block === undefined) throw new Error(`no block ${id} in the plan`);
  return block;
}

/** A parameter of a block. Throws when there is none of that name: a bug. */
export function parameterOf({ id, parameters }: Block, name: string): number | string {
  const found = parameters.find((parameter) => parameter.name === name);
  if (found === undefined) throw new Error(`block ${id} has no parameter ${name}`);
  return found.value;
}
