import type { Memory } from '../blocks/block.js';
import type { Device } from './device.js';

type BlockRamShape = Device['block_ram'];

/** Share of a block RAM below which a memory is taken to be built from look-up tables. */
const SMALLEST_SHARE = 0.25;

/** Block RAMs of a memory in the device's best shape; 0 where it goes elsewhere. */
export function blockRamsOfMemory(ram: BlockRamShape, memory: Memory): number {
  const { depth, width, style = 'auto' } = memory;
  const small = depth * width < SMALLEST_SHARE * ram.bits;
  if (ram.count === 0 || style === 'logic' || (style === 'auto' && small)) return 0;
  return blockRamShape(ram, memory).count;
}

/** The shape in which a memory takes the fewest block RAMs, and how many. */
export function blockRamShape(
  ram: BlockRamShape,
  { depth, width }: Pick<Memory, 'depth' | 'width'>,
): { readonly width: number; readonly depth: number; readonly count: number } {
  const shapes = ram.shapes.map(([shapeWidth, shapeDepth]) => ({
    width: shapeWidth,
    depth: shapeDepth,
    count: Math.ceil(width / shapeWidth) * Math.ceil(depth / shapeDepth),
  }));
  return shapes.reduce((best, shape) => (shape.count < best.count ? shape : best));
}
