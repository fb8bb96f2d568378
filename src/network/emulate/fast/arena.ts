/** Bytes before the first block. */
const START = 1024;
const PAGE = 65536;
/** Bytes of a SIMD word. */
const ALIGNMENT = 16;

/** Memory for a program: blocks are taken once and never given back. All are zero at first. */
export interface Arena {
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
}

export function createArena(memory: WebAssembly.Memory): Arena {
  let next = START;
  const take = (bytes: number): number => {
    const address = next;
    next += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const missing = next - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return address;
  };
  return {
    words: (count) => take(8 * count),
    halves: (count) => take(2 * count),
    floats: (count) => take(4 * count),
    f64: (address, count) => new Float64Array(memory.buffer, address, count),
    i16: (address, count) => new Int16Array(memory.buffer, address, count),
    f32: (address, count) => new Float32Array(memory.buffer, address, count),
  };
}
