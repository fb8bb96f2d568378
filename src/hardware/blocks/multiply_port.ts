import type { Multiplier, Port, VerilogParameter } from './block.js';

/** Bits of the operands of multipliers. */
export type OperandWidths = Pick<Multiplier, 'aBits' | 'bBits'>;

/** Abilities of a device's multipliers. */
export interface AddingMultipliers {
  /** Bits of the adder after each multiplier; 0 without an adder. */
  readonly adderBits: number;
  /** True if one multiplier computes the whole product of words of `aBits` and `bBits` bits. */
  readonly oneMultiplier: (aBits: number, bBits: number) => boolean;
}

/** Connection of an engine to multipliers outside of it: see qs5_multiply_port. */
export interface MultiplyClient {
  readonly operands: Multiplier;
  readonly port: Port;
  /** MUL_A_W and MUL_B_W. */
  readonly parameters: readonly VerilogParameter[];
}

/**
 * The port `mul` of an engine with `operands` of its own, served by multipliers of `served`
 * widths; by default its own widths.
 */
export function multiplyClient(
  operands: Multiplier,
  served: OperandWidths = operands,
): MultiplyClient {
  const { aBits, bBits } = served;
  return {
    operands,
    port: {
      ...{ name: MULTIPLY_PORT, type: 'multiply', direction: 'out' },
      ...{ lanes: operands.count, width: aBits, secondWidth: bBits },
    },
    parameters: [
      { name: 'MUL_A_W', value: aBits },
      { name: 'MUL_B_W', value: bBits },
    ],
  };
}

/** Name of the port at either end. */
export const MULTIPLY_PORT = 'mul';
