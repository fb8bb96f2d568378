import type { Structure } from './block.js';

/**
 * Structure of a qs5_add_pipelined. `aBits` and `bBits` are the bits of its operands up to the sign: the
 * bits above are copies of the sign.
 */
export function addPipelinedStructure(p: {
  readonly width: number;
  readonly pieces: number;
  readonly dropped: number;
  /** Low bits of the sum that are not used; default 0. */
  readonly unused?: number;
  readonly aBits: number;
  readonly bBits: number;
}): Structure {
  const { width, pieces, dropped, unused = 0 } = p;
  const size = Math.ceil(width / pieces);
  const rest = (bits: number, at: number) =>
    at >= width ? 0 : Math.max(1, Math.min(bits, width) - at);
  // Bits from one place to another that count.
  const used = (from: number, to: number) => Math.max(0, to - Math.max(from, unused));
  const flags = dropped * size > unused;
  let register = 0;
  for (let i = 0; i < pieces; i++) {
    const end = Math.min(width, (i + 1) * size);
    // Its own piece, those below that are kept, both operands above, the carry, the flag.
    register += used(i * size, end) + (i > dropped ? used(dropped * size, i * size) : 0);
    register += rest(p.aBits, end) + rest(p.bBits, end);
    register += (i < pieces - 1 ? 1 : 0) + (i > 0 && flags ? 1 : 0);
  }
  return { register, adder: width, look: flags ? dropped * size : 0 };
}
