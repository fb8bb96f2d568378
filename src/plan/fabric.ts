import type { Placement } from '../blocks/block.js';
import type { Accumulate } from '../blocks/matvec_core.js';
import { blockRamShape, lutsOfMemory } from '../device/block_ram.js';
import type { Device } from '../device/device.js';

/** What of a device decides how blocks are built, beyond how many there are. */
export interface Fabric {
  /** Most links of a chain of multipliers that add; 1 where multipliers do not add. */
  readonly chain: number;
  /** Bits of their adders. */
  readonly adderBits: number;
  /** Whether operand registers of multipliers have a hold, which is the opposite of an enable. */
  readonly hold: boolean;
  /** How sums are accumulated outside of multipliers. */
  readonly accumulate: Accumulate;
  /** Where a memory goes. */
  readonly place: Placement;
  /** What that costs, in look-up tables. */
  readonly memoryCost: (memory: Parameters<Placement>[0]) => number;
  /** Whether one look-up table delays a bit by several cycles. */
  readonly shiftRegisters: boolean;
}

/** A device of which nothing is known. */
export const PLAIN_FABRIC: Fabric = {
  chain: 1,
  adderBits: 0,
  hold: false,
  accumulate: { load: false, carryBits: Infinity },
  place: () => 'auto',
  memoryCost: () => 0,
  shiftRegisters: false,
};

/**
 * iCE40: a carry takes 0.28 ns a bit, and a look-up table that adds can also choose. With 11 bits a
 * sum takes about as long as a product does.
 */
const SLOW_CARRIES: Accumulate = { load: true, carryBits: 11 };

/**
 * Share of a device's look-up tables per block RAM that a memory must save by each block RAM that
 * it takes: a design runs out of look-up tables long before its last block RAM.
 */
const WORTH = 1 / 8;

export function fabricOf(device: Device): Fabric {
  const { dsp, block_ram: blocks, distributed_ram: distributed, luts } = device;
  const worth = (WORTH * luts) / blocks.count;
  type Shape = Parameters<Placement>[0];
  const saved = (memory: Shape) => lutsOfMemory(device, memory);
  const taken = (memory: Shape) => worth * blockRamShape(blocks, memory).count;
  return {
    chain: dsp.count === 0 ? 1 : (dsp.chain ?? 1),
    adderBits: dsp.adder_bits ?? 0,
    hold: device.family === 'ice40',
    accumulate: device.family === 'ice40' ? SLOW_CARRIES : PLAIN_FABRIC.accumulate,
    place(memory) {
      if (saved(memory) >= taken(memory)) return 'block';
      return memory.kind === 'ram' && distributed !== undefined ? 'distributed' : 'logic';
    },
    memoryCost: (memory) => Math.min(saved(memory), taken(memory)),
    shiftRegisters: device.family === 'xc7',
  };
}
