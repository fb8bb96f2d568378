import type { Block, Memory, RomImage, Structure } from '../blocks/block.js';
import {
  blockMemories,
  blockRamShape,
  blockRamsOfMemory,
  inBlockRam,
  lutsOfMemory,
} from '../device/block_ram.js';
import type { Device } from '../device/device.js';
import { outerSumBits, partsOfProduct } from '../device/dsp.js';
import { romTables, usedColumns } from './rom_tables.js';

/**
 * The parts of a block that become LUTs and flip-flops, by name: its own structure, and its memories
 * and multipliers as the device takes them.
 *
 * fixed           1: the fixed part of each instance
 * distributed     LUTs of distributed RAM
 * ram_bit         bits of RAM in gates
 * rom_leaf, rom_choice  tables of ROMs in gates, and choices among them
 * read_register   bits read from memories that are in no block RAM
 * deep_choice     choices among block RAMs of one memory
 * lut_product     bit products of multipliers in LUTs
 * cut_product     bits of the sums of a product that is made of several
 * outer_sum       bits of adders behind multipliers that have none, or too short a one
 */
export function amountsOf(block: Block, device: Device): Structure {
  const amounts = new Map<string, number>([['fixed', 1]]);
  const add = (name: string, amount: number) => {
    if (amount !== 0) amounts.set(name, (amounts.get(name) ?? 0) + amount);
  };
  for (const [name, amount] of Object.entries(block.structure)) add(name, amount);
  block.memories.forEach((memory, i) => {
    if (inBlockRam(memory.style)) {
      for (const size of blockMemories(memory)) {
        const { depth } = blockRamShape(device.block_ram, size);
        add('deep_choice', size.width * (Math.ceil(size.depth / depth) - 1));
      }
    } else if (memory.kind === 'ram') {
      const distributed = memory.style === 'distributed' && device.distributed_ram !== undefined;
      add('read_register', memory.width);
      if (distributed) add('distributed', lutsOfMemory(device, memory));
      else add('ram_bit', memory.depth * memory.width);
    } else {
      const image = imageOf(block, memory, i);
      if (image === undefined) return;
      const { leaves, choices, bits } = romTables(image, device.lut_inputs);
      add('rom_leaf', leaves);
      add('rom_choice', choices);
      add('read_register', bits);
    }
  });
  for (const multiplier of block.multipliers) {
    const { count, aBits, bBits } = multiplier;
    const { dsps, left } = partsOfProduct(device.dsp, aBits, bBits);
    for (const { a, b } of left) add('lut_product', count * a * b);
    add('cut_product', count * (dsps + left.length - 1) * (aBits + bBits));
    add('outer_sum', count * outerSumBits(device.dsp, multiplier));
  }
  return Object.fromEntries(amounts);
}

/** Block RAMs of a block. */
export function blockRamsOf(block: Block, device: Device): number {
  return block.memories.reduce((sum, memory, i) => {
    // An image is costly to make and read.
    if (!inBlockRam(memory.style)) return sum;
    const image = memory.kind === 'rom' ? imageOf(block, memory, i) : undefined;
    const width = image === undefined ? memory.width : usedColumns(image);
    return sum + blockRamsOfMemory(device.block_ram, { ...memory, width });
  }, 0);
}

/** The contents of a ROM: images are in the order of their memories, or one serves several. */
function imageOf(block: Block, memory: Memory, index: number): RomImage | undefined {
  const fitting = block.roms.filter((image) => image.width === memory.width);
  const position = block.memories
    .slice(0, index)
    .filter((m) => m.kind === 'rom' && m.width === memory.width).length;
  return fitting[position % Math.max(1, fitting.length)];
}
