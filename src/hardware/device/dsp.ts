import type { Multiplier } from '../resources.js';
import type { Device } from './device.js';
import type { MultiplierPass } from './families/family.js';

type DspShape = Device['dsp'];

/** A product that has no multiplier yet. */
interface Product {
  readonly a: number;
  readonly b: number;
  readonly y: number;
  /** It is still as in the source: a part of a product keeps the order of its operands. */
  readonly whole: boolean;
}

/**
 * DSP multipliers that synthesis uses for one signed product, by the rules of Yosys (mul2dsp). The
 * wider operand goes to port a; an operand too wide is cut into slices, each a product of its own.
 * Products below the smallest sizes are left to the next pass, and at last to LUTs.
 */
export function dspsOfProduct(dsp: DspShape, aBits: number, bBits: number): number {
  return partsOfProduct(dsp, aBits, bBits).dsps;
}

/**
 * The parts of one signed product: DSP multipliers, their pieces, and products left to LUTs.
 */
export function partsOfProduct(
  dsp: DspShape,
  aBits: number,
  bBits: number,
): {
  readonly dsps: number;
  readonly pieces: number;
  readonly left: readonly Pick<Product, 'a' | 'b'>[];
} {
  if (dsp.count === 0) return { dsps: 0, pieces: 0, left: [{ a: aBits, b: bBits }] };
  let left: readonly Product[] = [{ a: aBits, b: bBits, y: aBits + bBits, whole: true }];
  let dsps = 0;
  let pieces = 0;
  for (const pass of dsp.passes) {
    const results = left.map((product) => mapped(pass, product));
    dsps += results.reduce((sum, result) => sum + result.dsps, 0);
    pieces += results.reduce((sum, result) => sum + result.pieces, 0);
    left = results.flatMap((result) => result.left).map((product) => ({ ...product, whole: true }));
  }
  return { dsps, pieces, left };
}

/** One multiplier makes one signed product whole. */
export function fitsDsp(dsp: DspShape, aBits: number, bBits: number): boolean {
  const fits = Math.max(aBits, bBits) <= dsp.a_bits && Math.min(aBits, bBits) <= dsp.b_bits;
  const { dsps, left } = partsOfProduct(dsp, aBits, bBits);
  return fits && dsps === 1 && left.length === 0;
}

/** Bits of the sum behind a product that its multiplier does not add itself; 0 where it does. */
export function outerSumBits(
  dsp: DspShape,
  { aBits, bBits, sumBits = 0 }: Pick<Multiplier, 'aBits' | 'bBits' | 'sumBits'>,
): number {
  return sumBits <= (dsp.adder_bits ?? 0) && fitsDsp(dsp, aBits, bBits) ? 0 : sumBits;
}

interface Mapped {
  readonly dsps: number;
  readonly pieces: number;
  readonly left: readonly Product[];
}

function mapped(pass: MultiplierPass, product: Product): Mapped {
  const { a, b, y, whole } = product;
  if (a < pass.minA || b < pass.minB || y < (pass.minProduct ?? 1)) {
    return { dsps: 0, pieces: 0, left: [product] };
  }
  if (whole && a < b) return mapped(pass, { a: b, b: a, y, whole });
  if (a > pass.a) {
    const { slices, width, rest } = cut(pass, a, pass.a, pass.slice ?? pass.a);
    return together(
      slices,
      mapped(pass, { a: width, b, y: Math.min(y, b + width), whole: false }),
      mapped(pass, { a: rest, b, y: b + rest, whole: false }),
    );
  }
  if (b > pass.b) {
    const { slices, width, rest } = cut(pass, b, pass.b, pass.b);
    return together(
      slices,
      mapped(pass, { a, b: width, y: Math.min(y, a + width), whole: false }),
      mapped(pass, { a, b: rest, y: a + rest, whole: false }),
    );
  }
  return { dsps: pass.weight ?? 1, pieces: 1, left: [] };
}

/** Whole slices of an operand, their width with a sign, and the bits left for the last product. */
function cut(
  { signedOnly = false }: MultiplierPass,
  bits: number,
  fits: number,
  width: number,
): { slices: number; width: number; rest: number } {
  const taken = signedOnly ? width - 1 : width;
  const slices = Math.ceil((bits - fits) / taken);
  return { slices, width, rest: bits - slices * taken };
}

function together(slices: number, each: Mapped, last: Mapped): Mapped {
  return {
    dsps: slices * each.dsps + last.dsps,
    pieces: slices * each.pieces + last.pieces,
    left: [...Array.from({ length: slices }, () => each.left).flat(), ...last.left],
  };
}
