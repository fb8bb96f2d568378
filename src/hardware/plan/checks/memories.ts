import { check, type Check } from '../facts.js';
import type { Claims } from './claims.js';

/**
 * Every ROM image has a memory of its size, a file of its own, and words that fit. Reading an image
 * takes long, so that a plan is checked once it is complete.
 */
export function* memories({ blocks, output }: Claims): Generator<Check> {
  if (output === undefined) return;
  const files = new Set<string>();
  for (const block of blocks) {
    for (const { file, words, width } of block.roms) {
      yield check(
        { name: 'image', subject: file, bound: 1, found: files.has(file) ? 2 : 1 },
        !files.has(file),
        () => `two ROM images ${file}`,
      );
      files.add(file);
      const shape = block.memories.find(
        (memory) =>
          memory.kind === 'rom' && memory.depth === words.length && memory.width === width,
      );
      yield check(
        {
          ...{ name: 'memory', subject: file, bound: `${words.length} x ${width}` },
          found: shape === undefined ? 'none' : `${shape.depth} x ${shape.width}`,
        },
        shape !== undefined,
        () => `${block.id}: ${file} has no memory of its size`,
      );
      const limit = 1n << BigInt(width);
      const wide = words.filter((word) => word < 0n || word >= limit).length;
      yield check(
        { name: 'wide words', subject: file, bound: 0, found: wide },
        wide === 0,
        () => `${file}: word too wide`,
      );
    }
  }
}
