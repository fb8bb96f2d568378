import { delayed, must, type Block } from './block.js';
import { multiplyClient, type OperandWidths } from './multiply_port.js';
import { requantizeCore, type RequantizeParameters } from './requantize_core.js';

export interface PlainRequantizeParameters extends RequantizeParameters {
  /** Bits of the longest adder worth making in one cycle; any unless told. */
  readonly carry?: number;
  /** Widths of the multipliers that serve it; of its own operands unless told. */
  readonly served?: OperandWidths;
}

/** Contract of qs5_requantize. */
export function requantizeBlock(p: PlainRequantizeParameters): Block {
  const { id, lanes, inWidth, carry = Infinity } = p;
  const core = requantizeCore(p);
  const { multiplierWidth, sumWidth } = core;
  const mul = multiplyClient({ count: lanes, aBits: inWidth, bBits: multiplierWidth }, p.served);
  const pieces = core.offsets ? Math.ceil(sumWidth / carry) : 0;
  const latency = pieces + 4;
  return {
    id,
    module: 'qs5_requantize',
    parameters: [...core.parameters, { name: 'PIECES', value: pieces }, ...mul.parameters],
    ports: [...core.ports, mul.port],
    roms: core.roms,
    multipliers: [],
    operands: mul.operands,
    memories: core.memories,
    ...core.load,
    timing(inputs) {
      const beats = must(inputs, 'in');
      return { outputs: { out: delayed(beats, latency), mul: beats }, reads: {} };
    },
    createMachine: core.createMachine,
  };
}
