import { delayed, must, type Block } from './block.js';
import {
  feedthroughCore,
  type FeedthroughParameters,
  feedthroughSummary,
} from './feedthrough_core.js';
import type { AddingMultipliers } from './multiply_port.js';
import { controlStructure, together } from './round_saturate.js';

const LATENCY = 4;

/** Contract of qs5_feedthrough_chain. */
export function feedthroughChainBlock(p: FeedthroughParameters): Block {
  const { id, lanes, uWidth, weightWidth } = p;
  const core = feedthroughCore(p);
  const below = Math.max(0, p.productShift - p.sumShift);
  return {
    id,
    module: 'qs5_feedthrough_chain',
    summary: feedthroughSummary(p),
    parameters: [...core.parameters, { name: 'ADDER_W', value: adderBitsOf(p) }],
    ports: core.ports,
    roms: core.roms,
    multipliers: [{ count: lanes, aBits: uWidth, bBits: weightWidth }],
    memories: core.memories,
    structure: together(core.structure, controlStructure(LATENCY), {
      // Bits that wait two cycles, and those that pass by the product.
      register: 2 * lanes * (p.inWidth - below),
      delay: 4 * lanes * below,
      delayLines: lanes * below,
    }),
    paths: [{ from: 'register', levels: 2, carry: 0 }],
    ...core.load,
    timing(inputs) {
      const beats = must(inputs, 'in');
      return { outputs: { out: delayed(beats, LATENCY) }, reads: core.reads(beats) };
    },
    createMachine: () => core.createMachine(),
  };
}

/** Bits of the sum that a multiplier makes: those of the product's weight and above. */
function adderBitsOf(p: FeedthroughParameters): number {
  return Math.max(feedthroughCore(p).outWidth - p.productShift, p.uWidth + p.weightWidth);
}

/** True if one multiplier of that kind makes product and sum of a lane. */
export function feedthroughChains(
  p: FeedthroughParameters,
  { adderBits, oneMultiplier }: AddingMultipliers,
): boolean {
  // Some bit of the sum has to be of the product's weight.
  const meets = p.inWidth + p.sumShift > p.productShift;
  return meets && oneMultiplier(p.uWidth, p.weightWidth) && adderBitsOf(p) <= adderBits;
}
