import type { Placement } from '../blocks/block.js';
import { blockRamShape, lutsOfMemory } from '../device/block_ram.js';
import type { Device } from '../device/device.js';
import { fitsDsp } from '../device/dsp.js';

/** What of a device decides how blocks are built, beyond how many there are. */
export interface Fabric {
  /** Most links of a chain of multipliers that add; 1 where multipliers do not add. */
  readonly chain: number;
  /** Bits of their adders. */
  readonly adderBits: number;
  /** Whether one multiplier makes a product whole. */
  readonly oneMultiplier: (aBits: number, bBits: number) => boolean;
  /** Bits of the longest adder of look-up tables worth making in one cycle. */
  readonly carry: number;
  /** Where a memory goes. */
  readonly place: Placement;
}

/** A device of which nothing is known. */
export const PLAIN_FABRIC: Fabric = {
  chain: 1,
  adderBits: 0,
  oneMultiplier: () => false,
  carry: 16,
  place: () => 'auto',
};

/** The same where a carry takes a tenth of a nanosecond a bit and less. */
const FAST_CARRY = 48;

/**
 * Share of a device's look-up tables per block RAM that a memory must save by each block RAM that
 * it takes: a design runs out of look-up tables long before its last block RAM.
 */
const WORTH = 1 / 8;

export function fabricOf(device: Device): Fabric {
  const { dsp, block_ram: blocks, distributed_ram: distributed, luts } = device;
  const worth = (WORTH * luts) / blocks.count;
  return {
    chain: dsp.count === 0 ? 1 : (dsp.chain ?? 1),
    adderBits: dsp.adder_bits ?? 0,
    oneMultiplier: (aBits, bBits) => fitsDsp(dsp, aBits, bBits),
    carry: device.family === 'ice40' ? PLAIN_FABRIC.carry : FAST_CARRY,
    place(memory) {
      const saved = lutsOfMemory(device, memory);
      if (saved >= worth * blockRamShape(blocks, memory).count) return 'block';
      return memory.kind === 'ram' && distributed !== undefined ? 'distributed' : 'logic';
    },
  };
}
