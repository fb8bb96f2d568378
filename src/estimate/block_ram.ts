import type { Memory } from '../blocks/block.js';
import type { Device } from '../config/device.js';

type BlockRamShape = Device['block_ram'];

/** Share of a block RAM below which a memory is taken to be built from look-up tables. */
const SMALLEST_SHARE = 0.25;

/** Block RAMs of a memory in the device's best shape; 0 for one too small to be worth any. */
export function blockRamsOfMemory(ram: BlockRamShape, { depth, width }: Memory): number {
  if (ram.count === 0 || depth * width < SMALLEST_SHARE * ram.bits) return 0;
  const counts = ram.shapes.map(
    ([shapeWidth, shapeDepth]) => Math.ceil(width / shapeWidth) * Math.ceil(depth / shapeDepth),
  );
  return Math.min(...counts);
}
