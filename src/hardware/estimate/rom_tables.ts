import { at } from '../../base/at.js';
import type { RomImage } from '../blocks/block.js';

/** The gates of a ROM that is in no memory, from its words. */
export interface RomTables {
  /** Number of different functions of n address bits, for LUTs with n inputs. */
  readonly leaves: number;
  /** Two-way choices among them, by the address bits above. */
  readonly choices: number;
  /** Different bits of a word that are not constant: what a register behind the ROM keeps. */
  readonly bits: number;
}

const cache = new WeakMap<RomImage, Map<number, RomTables>>();

/**
 * Counts the truth tables of a ROM: synthesis shares equal ones, and wires away those that are
 * constant or one address bit.
 */
export function romTables(image: RomImage, lutInputs: number): RomTables {
  const known = cache.get(image) ?? new Map<number, RomTables>();
  cache.set(image, known);
  const found = known.get(lutInputs) ?? count(image, lutInputs);
  known.set(lutInputs, found);
  return found;
}

/** Bits of a word that are not the same in all words: synthesis keeps no others in a block RAM. */
export function usedColumns({ words, width }: RomImage): number {
  let [ones, zeros] = [0n, 0n];
  for (const word of words) {
    ones |= word;
    zeros |= ~word;
  }
  const used = BigInt.asUintN(width, ones & zeros).toString(2);
  return used.replaceAll('0', '').length;
}

function count({ words, width }: RomImage, lutInputs: number): RomTables {
  const depth = words.length;
  const low = Math.min(lutInputs, Math.max(1, Math.ceil(Math.log2(depth))));
  const leafDepth = 2 ** low;
  const text = words.map((word) => word.toString(2).padStart(width, '0'));
  const columns = new Set<string>();
  for (let bit = 0; bit < width; bit++) {
    let column = '';
    for (const word of text) column += at(word, width - 1 - bit);
    columns.add(column);
  }
  const wires = trivial(leafDepth);
  const leaves = new Set<string>();
  let [choices, bits] = [0, 0];
  for (const column of columns) {
    if (/^(0*|1*)$/.test(column)) continue;
    bits += 1;
    const parts = new Set<string>();
    for (let from = 0; from < depth; from += leafDepth) {
      // Entries beyond the last word are free.
      const part = column.slice(from, from + leafDepth);
      parts.add(part);
      if (!wires.has(part)) leaves.add(part);
    }
    choices += parts.size - 1;
  }
  return { leaves: leaves.size, choices, bits };
}

/** Tables that need no LUT: constants and single address bits. */
function trivial(depth: number): ReadonlySet<string> {
  const all = ['0'.repeat(depth), '1'.repeat(depth)];
  for (let stride = 1; stride < depth; stride *= 2) {
    all.push(Array.from({ length: depth }, (_, i) => (i & stride ? '1' : '0')).join(''));
  }
  return new Set(all);
}
