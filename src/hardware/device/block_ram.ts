import type { Memory, MemoryStyle } from '../resources.js';
import type { Device } from './device.js';

type BlockRamShape = Device['block_ram'];

type Size = Pick<Memory, 'kind' | 'depth' | 'width'>;
type Placed = Size & Pick<Memory, 'style'>;

/** Styles of block RAM, with the most bits of a memory in each. */
const BLOCK_STYLES = { block: Infinity, block_36: 36, block_18: 18 } as const;
type BlockStyle = keyof typeof BLOCK_STYLES;

/** The style of a memory that goes into block RAM: the widest whose shapes are not too wide. */
export function blockStyle(ram: BlockRamShape, size: Size): BlockStyle {
  const { widestWritten = Infinity } = ram;
  if (size.kind === 'rom') return 'block';
  const fits = (style: BlockStyle) =>
    blockMemories({ ...size, style }).every(
      (memory) => blockRamShape(ram, memory).width <= widestWritten,
    );
  return (['block', 'block_36'] as const).find(fits) ?? 'block_18';
}

/** A memory of that style is in block RAM. */
export function inBlockRam(style: MemoryStyle | undefined): style is BlockStyle {
  return style !== undefined && style in BLOCK_STYLES;
}

/** The block RAM memories that synthesis makes of a memory; none where it goes elsewhere. */
export function blockMemories({ style, ...size }: Placed): Size[] {
  if (!inBlockRam(style)) return [];
  const { width } = size;
  const most = Math.min(width, BLOCK_STYLES[style]);
  const lows = Array.from({ length: Math.ceil(width / most) }, (_, i) => i * most);
  return lows.map((low) => ({ ...size, width: Math.min(most, width - low) }));
}

/** Block RAMs of a memory in the device's best shapes; 0 where it goes elsewhere. */
export function blockRamsOfMemory(ram: BlockRamShape, memory: Placed): number {
  return blockMemories(memory).reduce((sum, size) => sum + blockRamShape(ram, size).count, 0);
}

/** Approximate LUTs that hold the words of a memory outside of block RAM. */
export function lutsOfMemory(
  { distributed_ram: distributed, lut_inputs: inputs }: Device,
  { kind, depth, width }: Size,
): number {
  if (kind === 'rom') return width * Math.ceil(depth / 2 ** inputs);
  // A flip-flop per bit, and nearly a LUT to choose among them.
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

/** Least share of its bits that a block RAM must hold under `efficient` banks. */
const LEAST_EFFICIENCY = 0.05;

/** The shape that synthesis chooses for a memory in block RAM, and the number of block RAMs. */
export function blockRamShape(ram: BlockRamShape, memory: Size): Shape {
  return ram.banks === 'efficient' ? mostEfficient(ram, memory) : cheapest(ram, memory);
}

/** The shape that wastes least (`memory_bram` of Yosys). */
function mostEfficient({ sizes }: BlockRamShape, memory: Size): Shape {
  const shapes = sizes.flatMap(({ units, shapes }) =>
    shapes.map(([width, depth]): Shape => {
      const pieces = Math.ceil(memory.depth / depth) * Math.ceil(memory.width / width);
      return { width, depth, count: units * pieces };
    }),
  );
  // A memory without bits takes none.
  const percent = ({ width, depth, count }: Shape) =>
    count === 0 ? 0 : Math.floor((100 * memory.depth * memory.width) / (count * width * depth));
  const most = Math.max(...shapes.map(percent));
  const best = leastBy(
    shapes.filter((shape) => percent(shape) === most),
    ({ count }) => count,
  );
  return most < 100 * LEAST_EFFICIENCY ? { ...best, count: 0 } : best;
}

/** Cost of a bit of a choice between two banks, and of a bank's write enable (FACTOR_MUX, FACTOR_DEMUX). */
const CHOICE_COST = 1 / 2;

/** The shape whose RAMs and choices between banks cost least (`memory_libmap` of Yosys). */
function cheapest(ram: BlockRamShape, memory: Size): Shape {
  const candidates = ram.sizes.flatMap(({ units, cost, shapes }) =>
    shapes.map(([width, depth]) => {
      const banks = Math.ceil(memory.depth / depth);
      const pieces = sideBySide(ram, memory, width, banks);
      const enables = memory.kind === 'ram' && banks > 1 ? banks : 0;
      const choices = (banks - 1) * memory.width + enables;
      const shape: Shape = { width, depth, count: units * pieces };
      return { shape, cost: cost * pieces + CHOICE_COST * choices };
    }),
  );
  return leastBy(candidates, ({ cost }) => cost).shape;
}

/** RAMs of one shape: the banks of a deep memory share the columns of those of a word. */
function sideBySide(
  { byte }: BlockRamShape,
  { kind, width: bits }: Size,
  width: number,
  banks: number,
): number {
  if (kind === 'rom' || banks === 1) return Math.ceil((banks * bits) / width);
  // Two banks in one word are written apart only by its byte enables.
  if (byte === undefined || width < byte) return banks * Math.ceil(bits / width);
  return Math.ceil((banks * byte * Math.ceil(bits / byte)) / width);
}

function leastBy<T>(items: readonly T[], cost: (item: T) => number): T {
  return items.reduce((best, item) => (cost(item) < cost(best) ? item : best));
}
