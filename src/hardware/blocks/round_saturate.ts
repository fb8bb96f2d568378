import type { Rounding } from '../../base/fixed/rounding.js';
import type { Path, Structure } from './block.js';

/** Parameters of a qs5_round_saturate. */
export interface RoundSaturateParameters {
  readonly inWidth: number;
  readonly outWidth: number;
  readonly shift: number;
  readonly rounding: Rounding;
  /** True if the half of the rounding was added before. */
  readonly rounded: boolean;
}

/** Bits that a level of flags takes in. */
const FLAG_BITS = 16;

/** A chain of more bits is cut into two. */
const CHAIN_BITS = 12;

interface Shape {
  readonly floorWidth: number;
  readonly clips: boolean;
  /** True if the floor may have bits above those of the result. */
  readonly over: boolean;
  readonly adds: boolean;
  /** Bits that are zero in a tie; 0 where none is looked for. */
  readonly tieWidth: number;
}

function shapeOf({ inWidth, outWidth, shift, rounding, rounded }: RoundSaturateParameters): Shape {
  const floorWidth = Math.max(inWidth, shift + 1) - shift;
  return {
    floorWidth,
    clips: floorWidth >= outWidth,
    over: floorWidth > outWidth,
    adds: shift > 0 && (!rounded || rounding === 'toward_zero'),
    tieWidth: shift > 0 && rounding === 'half_even' ? (rounded ? shift : shift - 1) : 0,
  };
}

/** Structure of a qs5_round_saturate, without control. */
export function roundSaturateStructure(p: RoundSaturateParameters): Structure {
  const { outWidth, shift, rounding } = p;
  const { floorWidth, clips, over, adds, tieWidth } = shapeOf(p);
  const bit = (there: boolean) => (there ? 1 : 0);
  const split = adds && clips && outWidth > CHAIN_BITS;
  return {
    register:
      // The floor, and the result; sign bits are one register.
      Math.min(floorWidth, outWidth) +
      (clips || adds ? outWidth : floorWidth) +
      bit(clips && over) +
      bit(clips) +
      bit(clips && adds) +
      bit(split) +
      bit(adds) +
      Math.ceil(tieWidth / FLAG_BITS),
    adder: adds ? outWidth + (clips ? 2 : 0) + bit(split) : 0,
    choice: clips && over ? outWidth : 0,
    // Bits that are looked at together.
    look:
      (clips ? floorWidth - 1 : 0) + tieWidth + (adds && rounding === 'toward_zero' ? shift : 0),
  };
}

/** Paths through a qs5_round_saturate. `from`: the source of its word. */
export function roundSaturatePaths(p: RoundSaturateParameters, from: Path['from']): Path[] {
  const { outWidth, shift, rounding } = p;
  const { floorWidth, clips, adds, tieWidth } = shapeOf(p);
  const seen = Math.max(
    clips ? Math.max(floorWidth - outWidth, outWidth - 1) + 1 : 0,
    Math.min(tieWidth, FLAG_BITS),
    adds && rounding === 'toward_zero' ? shift + 1 : 0,
  );
  const chain = outWidth > CHAIN_BITS && clips ? Math.ceil(outWidth / 2) : outWidth;
  return [
    { from, levels: levelsOf(seen), carry: 0 },
    { from: 'register', levels: adds ? 1 : 2, carry: adds ? chain + (clips ? 2 : 0) : 0 },
  ];
}

/** 4-input LUTs in series that combine `bits` bits. */
export function levelsOf(bits: number): number {
  return Math.max(1, Math.ceil(Math.log2(Math.max(1, bits)) / 2));
}

/** Amounts of several parts together. */
export function together(...parts: readonly Structure[]): Structure {
  const sum: Record<string, number> = {};
  for (const part of parts) {
    for (const [name, amount] of Object.entries(part)) sum[name] = (sum[name] ?? 0) + amount;
  }
  return sum;
}

/** Equal parts. */
export function times(count: number, part: Structure): Structure {
  return Object.fromEntries(Object.entries(part).map(([name, n]) => [name, count * n]));
}

/** Control of a stream that passes in `stages` cycles: valid with a reset, and two bits of tag. */
export function controlStructure(stages: number): Structure {
  // So short a delay is made of registers everywhere.
  if (stages < 3) return { register: 3 * stages };
  return { register: stages, delay: 2 * stages, delayLines: 2 };
}
