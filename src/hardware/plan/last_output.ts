import type { Timing } from '../blocks/block.js';
import { endpointKey } from './types.js';

/** Cycle of the last output beat of a step, from its start. */
export function lastOutput(timing: ReadonlyMap<string, Timing>, block: string): number {
  const last = timing.get(endpointKey({ block, port: 'm_axis' }))?.at(-1);
  if (last === undefined) throw new Error(`${block} sends nothing`);
  return last;
}
