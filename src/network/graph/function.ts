import { geluOf, sigmoidOf } from '../../float/s5/activation.js';
import type { LookupFunction } from './types.js';

/** The function of a look-up. */
export function functionOf(which: LookupFunction): (x: number) => number {
  return which.name === 'gelu' ? geluOf(which.variant) : sigmoidOf(which.variant);
}
