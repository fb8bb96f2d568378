import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RomImage } from '../../src/hardware/blocks/block.js';
import { romTables, usedColumns } from '../../src/hardware/estimate/rom_tables.js';

function rom(width: number, words: readonly number[]): RomImage {
  return { file: 'rom/x.hex', width, words: words.map(BigInt), layout: '' };
}

describe('romTables', () => {
  it('counts neither constants nor bits of the address', () => {
    // Bit 0 is address bit 0, bit 1 is constant, bit 2 is a function.
    expect(romTables(rom(3, [0b010, 0b011, 0b010, 0b111]), 4)).toEqual({
      leaves: 1,
      choices: 0,
      bits: 2,
    });
  });

  it('counts equal columns once', () => {
    expect(romTables(rom(2, [0, 3, 3, 0]), 4)).toEqual({ leaves: 1, choices: 0, bits: 1 });
  });

  it('counts choices where a table has fewer inputs than the address has bits', () => {
    const words = Array.from({ length: 64 }, (_, i) => (i * 37 + (i >> 3)) & 1);
    const tables = romTables(rom(1, words), 4);
    expect(tables.choices).toBe(new Set(chunks(words, 16)).size - 1);
    expect(romTables(rom(1, words), 6)).toMatchObject({ leaves: 1, choices: 0 });
  });

  it('never counts more tables than there are parts of columns', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.nat(4095), { minLength: 2, maxLength: 80 }),
        (width, words) => {
          const masked = words.map((word) => word % 2 ** width);
          const { leaves, bits } = romTables(rom(width, masked), 4);
          expect(bits).toBeLessThanOrEqual(width);
          expect(leaves).toBeLessThanOrEqual(width * Math.ceil(words.length / 16));
        },
      ),
    );
  });
});

function chunks(words: readonly number[], length: number): string[] {
  return Array.from({ length: words.length / length }, (_, i) =>
    words.slice(i * length, (i + 1) * length).join(''),
  );
}

describe('usedColumns', () => {
  it('counts the bits that are not the same in all words', () => {
    const image = (words: readonly bigint[]) => ({ file: '', layout: '', width: 4, words });
    expect(usedColumns(image([5n]))).toBe(0);
    expect(usedColumns(image([5n, 4n, 12n]))).toBe(2);
    expect(usedColumns(image([-1n, 0n]))).toBe(4);
  });
});
