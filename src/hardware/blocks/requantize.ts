import { addPipelinedStructure } from './add_pipelined.js';
import { delayed, must, type Block } from './block.js';
import { multiplyClient, type OperandWidths } from './multiply_port.js';
import { controlStructure, roundSaturatePaths, times, together } from './round_saturate.js';
import { requantizeCore, type RequantizeParameters, requantizeSummary } from './requantize_core.js';
import { requantizeShiftStructure } from './requantize_shift.js';

export interface PlainRequantizeParameters extends RequantizeParameters {
  /** Most bits of an adder in one cycle; no limit if absent. */
  readonly carry?: number;
  /** Operand widths of the multipliers that serve it; those of its own operands if absent. */
  readonly served?: OperandWidths;
}

/** Contract of qs5_requantize. */
export function requantizeBlock(p: PlainRequantizeParameters): Block {
  const { id, lanes, inWidth, carry = Infinity } = p;
  // Without offsets there is no adder, and the rounder adds its half itself.
  const core = requantizeCore(
    p,
    p.offset.every((b) => b === 0),
  );
  const { multiplierWidth, sumWidth } = core;
  const mul = multiplyClient({ count: lanes, aBits: inWidth, bBits: multiplierWidth }, p.served);
  const pieces = core.offsets ? Math.ceil(sumWidth / carry) : 0;
  const latency = pieces + 4;
  const size = pieces > 0 ? Math.ceil(sumWidth / pieces) : 0;
  const dropped = pieces > 0 ? Math.floor(p.shift / size) : 0;
  const roundSaturate = {
    inWidth: sumWidth - dropped * size + (dropped > 0 ? 1 : 0),
    outWidth: p.outWidth,
    shift: p.shift - dropped * size + (dropped > 0 ? 1 : 0),
    rounding: p.rounding,
    rounded: pieces > 0,
  };
  const sum =
    pieces === 0
      ? {}
      : addPipelinedStructure({
          ...{ width: sumWidth, pieces, dropped },
          unused: p.rounding === 'half_up' ? p.shift : 0,
          aBits: inWidth + multiplierWidth,
          bBits: core.offsetWidth,
        });
  return {
    id,
    module: 'qs5_requantize',
    summary: requantizeSummary(p),
    parameters: [...core.parameters, { name: 'PIECES', value: pieces }, ...mul.parameters],
    ports: [...core.ports, mul.port],
    roms: core.roms,
    multipliers: [],
    operands: mul.operands,
    memories: core.memories,
    structure: together(
      core.structure,
      controlStructure(latency),
      // The address of the offset waits for the product.
      { register: core.offsets ? (core.structure.counter ?? 0) : 0 },
      times(lanes, sum),
      requantizeShiftStructure(roundSaturate, lanes),
    ),
    paths: [
      ...(pieces > 0 ? [{ from: 'memory', levels: 1, carry: size } as const] : []),
      ...roundSaturatePaths(roundSaturate, pieces > 0 ? 'register' : 'multiplier'),
    ],
    ...core.load,
    timing(inputs) {
      const beats = must(inputs, 'in');
      return { outputs: { out: delayed(beats, latency), mul: beats }, reads: {} };
    },
    createMachine: () => core.createMachine(),
  };
}
