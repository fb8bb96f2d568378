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

interface Shape {
  readonly width: number;
  readonly depth: number;
  /** Block RAMs that the memory takes in this shape; 0 where synthesis gives it none. */
  readonly count: number;
}

/** Share of its bits that a block RAM must hold, where synthesis is choosy. */
const LEAST_EFFICIENCY = 0.05;

/** The shape that synthesis chooses for a memory that is to be in block RAM, and how many it takes. */
export function blockRamShape(
  ram: BlockRamShape,
  memory: Pick<Memory, 'kind' | 'depth' | 'width'>,
): Shape {
  const shapes = ram.shapes.map(([width, depth]): Shape => {
    const count =
      ram.banks === 'efficient'
        ? Math.ceil(memory.depth / depth) * Math.ceil(memory.width / width)
        : sideBySide(ram, memory, width, depth);
    return { width, depth, count };
  });
  if (ram.banks !== 'efficient') return least(shapes);
  // A memory without bits takes none.
  const percent = ({ width, depth, count }: Shape) =>
    count === 0 ? 0 : Math.floor((100 * memory.depth * memory.width) / (count * width * depth));
  const most = Math.max(...shapes.map(percent));
  const best = least(shapes.filter((shape) => percent(shape) === most));
  return most < 100 * LEAST_EFFICIENCY ? { ...best, count: 0 } : best;
}

function least(shapes: readonly Shape[]): Shape {
  return shapes.reduce((best, shape) => (shape.count < best.count ? shape : best));
}

/** Block RAMs of one shape: the banks of a deep memory share the columns of those of a word. */
function sideBySide(
  { byte }: BlockRamShape,
  { kind, depth: words, width: bits }: Pick<Memory, 'kind' | 'depth' | 'width'>,
  width: number,
  depth: number,
): number {
  const banks = Math.ceil(words / depth);
  if (kind === 'rom' || banks === 1) return Math.ceil((banks * bits) / width);
  // Two banks in one word are written apart only by its byte enables.
  if (byte === undefined || width < byte) return banks * Math.ceil(bits / width);
  return Math.ceil((banks * byte * Math.ceil(bits / byte)) / width);
}
