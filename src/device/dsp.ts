import type { Device } from './device.js';

type DspShape = Device['dsp'];

/**
 * DSP multipliers that synthesis uses for one signed product, by the rules of Yosys (mul2dsp):
 * the wider operand goes to port a; an operand too wide is cut into slices, each a product of its
 * own; what is below the smallest sizes goes to look-up tables and counts 0.
 */
export function dspsOfProduct(dsp: DspShape, aBits: number, bBits: number): number {
  if (dsp.count === 0) return 0;
  return mapped(dsp, Math.max(aBits, bBits), Math.min(aBits, bBits));
}

/** Whether one signed product is the work of one multiplier, whole. */
export function fitsDsp(dsp: DspShape, aBits: number, bBits: number): boolean {
  const fits = Math.max(aBits, bBits) <= dsp.a_bits && Math.min(aBits, bBits) <= dsp.b_bits;
  return fits && dspsOfProduct(dsp, aBits, bBits) === 1;
}

function mapped(dsp: DspShape, a: number, b: number): number {
  const smallest = dsp.min_operand_bits ?? 1;
  if (a < smallest || b < smallest || a + b < (dsp.min_product_bits ?? 1)) return 0;
  if (a > dsp.a_bits) {
    const { slices, rest } = cut(dsp, a, dsp.a_bits);
    return slices * mapped(dsp, sliceOperand(dsp), b) + mapped(dsp, rest, b);
  }
  if (b > dsp.b_bits) {
    const { slices, rest } = cut(dsp, b, dsp.b_bits);
    return slices * mapped(dsp, a, sliceOperand(dsp)) + mapped(dsp, a, rest);
  }
  return 1;
}

/** Whole slices of an operand, and the bits left for the last product. */
function cut(dsp: DspShape, bits: number, fits: number): { slices: number; rest: number } {
  const slices = Math.ceil((bits - fits) / dsp.slice_bits);
  return { slices, rest: bits - slices * dsp.slice_bits };
}

/** Bits of the operand that carries a slice: the narrower port, with a sign where it needs one. */
function sliceOperand(dsp: DspShape): number {
  return Math.min(dsp.a_bits, dsp.b_bits);
}
