/** The resets of all blocks, from that of AXI. */
export const RESET_MODULE = 'qs5_reset';

/** Its name among the blocks of a design; it is none of the plan's. */
export const RESET_ID = 'reset';

/** Cycles from aresetn to the reset of every block. */
export const RESET_LATENCY = 2;

/** Fewest cycles of aresetn: until no beat is offered any more. */
export const SHORTEST_RESET = RESET_LATENCY + 1;

/**
 * LUTs and flip-flops of the reset of `blocks` blocks: an inverter and the registers. Measured on ice40,
 * ecp5 and xc7.
 */
export function resetCells(blocks: number): { readonly lut: number; readonly ff: number } {
  return { lut: 1, ff: 1 + blocks };
}
