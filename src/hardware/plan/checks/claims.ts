import type { Plan } from '../types.js';

/**
 * A plan as far as it is made: blocks and wires, and of the rest what its last pass has decided.
 * A complete plan has everything, `output` last.
 */
export type Claims = Pick<Plan, 'network' | 'blocks' | 'connections'> &
  Partial<
    Pick<Plan, 'interval' | 'timing' | 'lifetimes' | 'slots' | 'replays' | 'segments' | 'output'>
  >;
