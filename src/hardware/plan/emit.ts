import type { Emit } from '../blocks/axis_out.js';
import type { PoolNode } from '../../network/types.js';

/** The steps that give a result: those that the pool ends with, or all where there is none. */
export function emitOf(pool: PoolNode | undefined): Emit {
  if (pool === undefined) return 'step';
  return pool.mode === 'first' ? 'first' : 'last';
}
