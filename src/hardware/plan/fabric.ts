import type { Accumulate } from '../blocks/matvec_core.js';
import { blockRamsOfMemory, blockStyle, lutsOfMemory } from '../device/block_ram.js';
import type { Device } from '../device/device.js';
import { fitsDsp } from '../device/dsp.js';
import type { Placement } from '../resources.js';

/** Features of a device that decide the variants of blocks; amounts are not among them. */
export interface Fabric {
  /** Most links of a chain of multipliers that add; 1 where multipliers do not add. */
  readonly chain: number;
  /** Bits of their adders. */
  readonly adderBits: number;
  /** One multiplier makes a product of such operands whole. */
  readonly oneMultiplier: (aBits: number, bBits: number) => boolean;
  /** Bits of the longest adder of LUTs that keeps up with a multiplier. */
  readonly carry: number;
  /** Operand registers of multipliers have a hold, which is the opposite of an enable. */
  readonly hold: boolean;
  /** The way to accumulate sums outside of multipliers. */
  readonly accumulate: Accumulate;
  /** Widest operands of a multiplier, where they have a limit. */
  readonly operands?: { readonly aBits: number; readonly bBits: number };
  /** Chooses the place of a memory. */
  readonly place: Placement;
  /** Cost of a memory in its place, in LUTs. */
  readonly memoryCost: (memory: Parameters<Placement>[0]) => number;
  /** One LUT delays a bit by several cycles. */
  readonly shiftRegisters: boolean;
}

/** An unknown device. */
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
 * A memory must save this share of a device's LUTs per block RAM, for each block RAM that it takes:
 * a design runs out of LUTs long before its last block RAM.
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
      // Synthesis puts no memory below some size into a block RAM.
      const { style, count } = inBlocks(memory);
      if (count > 0 && saved(memory) >= worth * count) return style;
      return memory.kind === 'ram' && distributed !== undefined ? 'distributed' : 'logic';
    },
    memoryCost: (memory) => Math.min(saved(memory), worth * inBlocks(memory).count),
    shiftRegisters: device.shift_registers,
  };
}
