import { counted } from '../../base/counted.js';
import { signed } from './block.js';
import type { Block } from './block.js';
import { MULTIPLY_PORT } from './multiply_port.js';

export interface MultiplyArrayParameters {
  readonly id: string;
  /** Multipliers, and bits of their operands. */
  readonly count: number;
  readonly aBits: number;
  readonly bBits: number;
  /** Engines that take turns. */
  readonly clients: number;
  /** Cycles per time step in which one of them multiplies. */
  readonly uses: number;
}

/** Contract of qs5_multiply_array. The machines of the clients compute the products. */
export function multiplyArrayBlock(p: MultiplyArrayParameters): Block {
  const { id, count, aBits, bBits, clients, uses } = p;
  const engines = clients === 1 ? '' : ` for ${clients} engines`;
  return {
    id,
    module: 'qs5_multiply_array',
    summary: `${counted(count, 'multiplier')}, ${signed(aBits)} x ${signed(bBits)}${engines}`,
    parameters: [
      { name: 'COUNT', value: count },
      { name: 'CLIENTS', value: clients },
      { name: 'A_W', value: aBits },
      { name: 'B_W', value: bBits },
    ],
    ports: [
      {
        ...{ name: MULTIPLY_PORT, type: 'multiply', direction: 'in' },
        ...{ lanes: count, width: aBits, secondWidth: bBits, clients },
      },
    ],
    roms: [],
    multipliers: [{ count, aBits, bBits }],
    memories: [],
    structure: {
      // Operands and products; most families have them inside their multipliers.
      operandRegister: 2 * count * (aBits + bBits),
      switch: clients > 1 ? count * (aBits + bBits) * clients : 0,
    },
    paths: [
      { from: 'multiplier', levels: 0, carry: 0 },
      { from: 'memory', levels: switchLevels(clients), carry: 0, to: 'multiplier' },
    ],
    products: 0,
    minInterval: uses,
    limit: `${counted(count, 'multiplier')} of ${aBits} x ${bBits} bits${engines}`,
    timing: () => ({ outputs: {}, reads: {} }),
    createMachine: () => ({ step: () => ({}), flags: () => ({}) }),
  };
}

/** LUTs in series between the operands of several engines and the multiplier that they share. */
function switchLevels(clients: number): number {
  // The first LUT chooses between two engines. Each further LUT merges four of these choices.
  return clients > 1 ? 1 + Math.ceil(Math.log(clients / 2) / Math.log(4)) : 0;
}
