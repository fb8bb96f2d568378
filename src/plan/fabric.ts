import type { RomStyle } from '../blocks/block.js';
import { blockRamShape } from '../device/block_ram.js';
import type { Device } from '../device/device.js';

/** What of a device decides how blocks are built, beyond how many there are. */
export interface Fabric {
  /** Most links of a chain of multipliers that add; 1 where multipliers do not add. */
  readonly chain: number;
  /** Bits of their adders. */
  readonly adderBits: number;
  /** Where a ROM goes. */
  readonly romStyle: (depth: number, width: number) => RomStyle;
}

/** A device of which nothing is known. */
export const PLAIN_FABRIC: Fabric = { chain: 1, adderBits: 0, romStyle: () => 'auto' };

/**
 * Share of a device's look-up tables per block RAM that a ROM must save by each block RAM that it
 * takes: a design runs out of look-up tables long before its last block RAM.
 */
const WORTH = 1 / 8;

export function fabricOf(device: Device): Fabric {
  const { dsp, block_ram: ram, luts, lut_inputs: inputs } = device;
  const worth = (WORTH * luts) / ram.count;
  return {
    chain: dsp.count === 0 ? 1 : (dsp.chain ?? 1),
    adderBits: dsp.adder_bits ?? 0,
    romStyle: (depth, width) => {
      const saved = width * Math.ceil(depth / 2 ** inputs);
      return saved >= worth * blockRamShape(ram, { depth, width }).count ? 'block' : 'logic';
    },
  };
}
