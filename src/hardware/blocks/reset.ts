/** Module that makes the resets of all blocks from aresetn. */
export const RESET_MODULE = 'qs5_reset';

/** Instance id of the reset module, which is not a block of the plan. */
export const RESET_ID = 'reset';

/** Cycles from aresetn to the reset of every block. */
export const RESET_LATENCY = 2;

/** Least cycles of aresetn: from then on no beat is offered. */
export const SHORTEST_RESET = RESET_LATENCY + 1;

/**
 * LUTs and flip-flops of the reset of `blocks` blocks: an inverter and the registers. Measured on ice40,
 * ecp5 and xc7.
 */
export function resetCells(blocks: number): { readonly lut: number; readonly ff: number } {
  return { lut: 1, ff: 1 + blocks };
}
