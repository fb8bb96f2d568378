import type { Memory } from '../blocks/block.js';
import type { Device } from './device.js';

type BlockRamShape = Device['block_ram'];

/** Block RAMs of a memory in the device's best shape; 0 where it goes elsewhere. */
export function blockRamsOfMemory(ram: BlockRamShape, memory: Memory): number {
  return memory.style === 'block' ? blockRamShape(ram, memory).count : 0;
}

/** Look-up tables that hold the words of a memory which is in no block RAM, about. */
export function lutsOfMemory(
  { distributed_ram: distributed, lut_inputs: inputs }: Device,
  { kind, depth, width }: Pick<Memory, 'kind' | 'depth' | 'width'>,
): number {
  if (kind === 'rom') return width * Math.ceil(depth / 2 ** inputs);
  // A flip-flop per bit, and nearly a look-up table to choose among them.
  if (distributed === undefined) return depth * width;
  const costs = distributed.shapes.map(
    ([shapeWidth, shapeDepth]) =>
      distributed.luts * Math.ceil(width / shapeWidth) * Math.ceil(depth / shapeDepth),
  );
  return Math.min(...costs);
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
