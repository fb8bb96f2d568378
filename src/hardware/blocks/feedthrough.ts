import { addPipelinedStructure } from './add_pipelined.js';
import { delayed, must, type Block } from './block.js';
import {
  feedthroughCore,
  type FeedthroughParameters,
  feedthroughSummary,
} from './feedthrough_core.js';
import { multiplyClient, type OperandWidths } from './multiply_port.js';
import { controlStructure, times, together } from './round_saturate.js';

export interface PlainFeedthroughParameters extends FeedthroughParameters {
  /** Most bits of an adder in one cycle; no limit if absent. */
  readonly carry?: number;
  /** Operand widths of the multipliers that serve it; those of its own operands if absent. */
  readonly served?: OperandWidths;
}

/** Cycles from a beat to its operands. */
const OPERANDS = 1;

/** Contract of qs5_feedthrough. */
export function feedthroughBlock(p: PlainFeedthroughParameters): Block {
  const { id, lanes, uWidth, weightWidth, carry = Infinity } = p;
  const core = feedthroughCore(p);
  const mul = multiplyClient({ count: lanes, aBits: uWidth, bBits: weightWidth }, p.served);
  // Below either shift there is nothing to add.
  const added = core.outWidth - Math.max(p.sumShift, p.productShift);
  const pieces = Math.max(1, Math.ceil(added / carry));
  const latency = pieces + 3;
  return {
    id,
    module: 'qs5_feedthrough',
    summary: feedthroughSummary(p),
    parameters: [...core.parameters, { name: 'PIECES', value: pieces }, ...mul.parameters],
    ports: [...core.ports, mul.port],
    roms: core.roms,
    multipliers: [],
    operands: mul.operands,
    memories: core.memories,
    structure: together(
      core.structure,
      controlStructure(latency),
      { delay: 3 * lanes * p.inWidth, delayLines: lanes * p.inWidth },
      times(lanes, {
        ...addPipelinedStructure({
          ...{ width: core.outWidth, pieces, dropped: 0 },
          aBits: p.inWidth + p.sumShift,
          bBits: uWidth + weightWidth + p.productShift,
        }),
        adder: added,
      }),
    ),
    paths: [
      { from: 'multiplier', levels: 1, carry: Math.min(added, Math.ceil(core.outWidth / pieces)) },
    ],
    ...core.load,
    timing(inputs) {
      const beats = must(inputs, 'in');
      const outputs = { out: delayed(beats, latency), mul: delayed(beats, OPERANDS) };
      return { outputs, reads: core.reads(beats) };
    },
    createMachine: () => core.createMachine(),
  };
}
