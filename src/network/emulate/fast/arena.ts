/** Bytes before the first block. */
const START = 1024;
const PAGE = 65536;
/** Bytes of a SIMD word. */
const ALIGNMENT = 16;

/** Memory for programs: blocks are taken, and given back only all at once. All are zero at first. */
export interface Arena {
  readonly memory: WebAssembly.Memory;
  /** Address of `count` words of f64. */
  words(count: number): number;
  /** Address of `count` words of i16. */
  halves(count: number): number;
  /** Address of `count` words of f32. */
  floats(count: number): number;
  /** A view that lasts until the next block is taken. */
  f64(address: number, count: number): Float64Array;
  i16(address: number, count: number): Int16Array;
  f32(address: number, count: number): Float32Array;
  /** The end of the blocks so far. */
  mark(): number;
  /** Gives back all blocks that were taken since the mark. */
  release(mark: number): void;
}

export function createArena(): Arena {
  const memory = new WebAssembly.Memory({ initial: 1 });
  let next = START;
  const take = (bytes: number): number => {
    const address = next;
    next += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const missing = next - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return address;
  };
  return {
    memory,
    words: (count) => take(8 * count),
    halves: (count) => take(2 * count),
    floats: (count) => take(4 * count),
    f64: (address, count) => new Float64Array(memory.buffer, address, count),
    i16: (address, count) => new Int16Array(memory.buffer, address, count),
    f32: (address, count) => new Float32Array(memory.buffer, address, count),
    mark: () => next,
    release: (mark) => {
      new Uint8Array(memory.buffer, mark, next - mark).fill(0);
      next = mark;
    },
  };
}
