import { withSizes } from '../part.js';
import type { Buffered, Timed } from '../stages.js';

/**
 * The number of vectors in a buffer is the number of steps that write before the last read of the
 * first of them.
 */
export function sizeBuffers<P extends Timed>(plan: P): P & Buffered {
  const lifetimes = new Map(
    [...plan.occupations].map(([id, { from, to, slack }]) => {
      // A bank is written again `banks` intervals later, at the earliest after the last read.
      const banks = Math.ceil((to + 1 - from) / plan.interval);
      return [id, { banks, from, to, slack }] as const;
    }),
  );
  const sizes = new Map([...lifetimes].map(([id, { banks }]) => [id, { banks }]));
  return { ...plan, lifetimes, parts: withSizes(plan.parts, sizes) };
}
