import type { Placement } from '../blocks/block.js';
import type { Accumulate } from '../blocks/matvec_core.js';
import { blockRamsOfMemory, blockStyle, lutsOfMemory } from '../device/block_ram.js';
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
  /** Whether operand registers of multipliers have a hold, which is the opposite of an enable. */
  readonly hold: boolean;
  /** How sums are accumulated outside of multipliers. */
  readonly accumulate: Accumulate;
  /** Widest operands of a multiplier, where they have a limit. */
  readonly operands?: { readonly aBits: number; readonly bBits: number };
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
  oneMultiplier: () => false,
  carry: 16,
  hold: false,
  accumulate: { load: false, carryBits: Infinity },
  place: () => 'auto',
  memoryCost: () => 0,
  shiftRegisters: false,
};

/**
 * Share of a device's look-up tables per block RAM that a memory must save by each block RAM that
 * it takes: a design runs out of look-up tables long before its last block RAM.
 */
const WORTH = 1 / 8;

export function fabricOf(device: Device): Fabric {
  const { dsp, adders, block_ram: blocks, distributed_ram: distributed, luts } = device;
  const worth = (WORTH * luts) / blocks.count;
  type Shape = Parameters<Placement>[0];
  const saved = (memory: Shape) => lutsOfMemory(device, memory);
  const inBlocks = (memory: Shape) => {
    const style = blockStyle(blocks, memory);
    return { style, count: blockRamsOfMemory(blocks, { ...memory, style }) };
  };
  return {
    chain: dsp.count === 0 ? 1 : (dsp.chain ?? 1),
    adderBits: dsp.adder_bits ?? 0,
    oneMultiplier: (aBits, bBits) => fitsDsp(dsp, aBits, bBits),
    carry: adders.longest,
    hold: dsp.hold ?? false,
    accumulate: { load: adders.load, carryBits: adders.inLoop },
    ...(dsp.count === 0 ? {} : { operands: { aBits: dsp.a_bits, bBits: dsp.b_bits } }),
    place(memory) {
      // Some are too small for synthesis to put them into a block RAM at all.
      const { style, count } = inBlocks(memory);
      if (count > 0 && saved(memory) >= worth * count) return style;
      return memory.kind === 'ram' && distributed !== undefined ? 'distributed' : 'logic';
    },
    memoryCost: (memory) => Math.min(saved(memory), worth * inBlocks(memory).count),
    shiftRegisters: device.shift_registers,
  };
}
