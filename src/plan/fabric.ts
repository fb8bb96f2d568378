import type { Placement } from '../blocks/block.js';
import { blockRamShape, lutsOfMemory } from '../device/block_ram.js';
import type { Device } from '../device/device.js';

/** What of a device decides how blocks are built, beyond how many there are. */
export interface Fabric {
  /** Most links of a chain of multipliers that add; 1 where multipliers do not add. */
  readonly chain: number;
  /** Bits of their adders. */
  readonly adderBits: number;
  /** Widest operands of a multiplier, where they have a limit. */
  readonly operands?: { readonly aBits: number; readonly bBits: number };
  /** Where a memory goes. */
  readonly place: Placement;
}

/** A device of which nothing is known. */
export const PLAIN_FABRIC: Fabric = { chain: 1, adderBits: 0, place: () => 'auto' };

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
    ...(dsp.count === 0 ? {} : { operands: { aBits: dsp.a_bits, bBits: dsp.b_bits } }),
    place(memory) {
      const saved = lutsOfMemory(device, memory);
      if (saved >= worth * blockRamShape(blocks, memory).count) return 'block';
      return memory.kind === 'ram' && distributed !== undefined ? 'distributed' : 'logic';
    },
  };
}
