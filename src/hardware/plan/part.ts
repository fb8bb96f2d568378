import type { Block } from '../blocks/block.js';
import type { OperandWidths } from '../blocks/multiply_port.js';

/** Sizes of blocks that passes decide. */
export interface Sizes {
  /** Cycles that a block may take for a step, where a slower one is smaller. */
  readonly pace: number;
  /** Cycles from step to step, for a block that starts steps. */
  readonly interval: number;
  /** Steps start whole intervals apart. */
  readonly aligned: boolean;
  /** Vectors that the output edge holds or promises. */
  readonly slots: number;
  /** Vectors in a buffer. */
  readonly banks: number;
  /** Vectors in the store of a replay. */
  readonly depth: number;
  /** Cycles from the start of a sequence's last step to the start of its replay. */
  readonly delay: number;
  /** Cycles for which a stream is delayed. */
  readonly cycles: number;
  /** Operands of the multipliers that serve an engine; its own where absent. */
  readonly served: OperandWidths;
}

export type Size = keyof Sizes;

/** A block, and the way to make it again with other sizes. */
export interface Made {
  readonly block: Block;
  /** Sizes that the block has. */
  readonly sizes: readonly Size[];
  readonly again: (sizes: Partial<Sizes>) => Made;
}

/** A block of the graph. */
export interface Part extends Made {
  /** Segment that the block belongs to, counted from 0. */
  readonly segment: number;
  /** Node that the block was lowered from; undefined for edges, replays and multiplier arrays. */
  readonly node: string | undefined;
}

/** A block without sizes. */
export function fixed(block: Block): Made {
  return {
    block,
    sizes: [],
    again: () => {
      throw new Error(`block ${block.id} has no sizes`);
    },
  };
}

/** A block of a contract that has `sizes` among its parameters. */
export function sized<P extends Partial<Sizes>>(
  contract: (parameters: P) => Block,
  parameters: NoInfer<P>,
  sizes: readonly (Size & keyof P)[],
): Made {
  const made: Made = {
    block: contract(parameters),
    sizes,
    again: (given) =>
      sizes.every((size) => given[size] === undefined || Object.is(given[size], parameters[size]))
        ? made
        : sized(contract, { ...parameters, ...given }, sizes),
  };
  return made;
}

/** The part made with some of its sizes changed. Throws for a size that its block has not: a bug. */
export function resized(part: Part, sizes: Partial<Sizes>): Part {
  for (const size of Object.keys(sizes)) {
    if (part.sizes.some((known) => known === size)) continue;
    throw new Error(`block ${part.block.id} has no size ${size}`);
  }
  return { ...part, ...part.again(sizes) };
}

/** Parts in which some are resized, by block id. Throws for an id without a part: a bug. */
export function withSizes(
  parts: readonly Part[],
  sizes: ReadonlyMap<string, Partial<Sizes>>,
): readonly Part[] {
  const missing = new Set(sizes.keys());
  const result = parts.map((part) => {
    const { id } = part.block;
    missing.delete(id);
    const given = sizes.get(id);
    return given === undefined ? part : resized(part, given);
  });
  const [absent] = missing;
  if (absent !== undefined) throw new Error(`no block ${absent} to resize`);
  return result;
}

/** Parts in which all that have a size get it. */
export function withSizeEverywhere<S extends Size>(
  parts: readonly Part[],
  size: S,
  value: Sizes[S],
): readonly Part[] {
  return parts.map((part) => (part.sizes.includes(size) ? resized(part, { [size]: value }) : part));
}
