/** Resources that blocks need and devices have. */

/** Equal multipliers. */
export interface Multiplier {
  readonly count: number;
  readonly aBits: number;
  readonly bBits: number;
  /** Bits of the adder behind each, which some families have in their multipliers. */
  readonly sumBits?: number;
}

/**
 * The place of a memory. `block`: block RAM. `block_36`, `block_18`: block RAM in slices of at most
 * 36 or 18 bits. `distributed`: LUTs as RAM. `logic`: gates. `auto`: synthesis chooses.
 */
export type MemoryStyle = 'block' | 'block_36' | 'block_18' | 'distributed' | 'logic' | 'auto';

/** One memory array of a block, as synthesis sees it. */
export interface Memory {
  readonly name: string;
  readonly kind: 'rom' | 'ram';
  /** The style that the block's parameter names; `auto` where the block has no such parameter. */
  readonly style?: MemoryStyle;
  /** Words. */
  readonly depth: number;
  /** Bits per word. */
  readonly width: number;
}

/** Chooses the place of a memory by its kind, words and bits per word. */
export type Placement = (memory: Pick<Memory, 'kind' | 'depth' | 'width'>) => MemoryStyle;
