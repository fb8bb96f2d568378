/** Element types of checkpoints, and their conversion to float64. */

export interface ElementFormat {
  /** Bytes of one element. */
  readonly bytes: number;
  readonly read: (view: DataView, offset: number) => number;
}

/** IEEE 754 binary16 from its 16 bits: 1 sign, 5 exponent (bias 15), 10 fraction. */
export function decodeFloat16(bits: number): number {
  return decodeSmallFloat(bits, 5, 10);
}

/** bfloat16 from its 16 bits: the upper half of a binary32. */
export function decodeBfloat16(bits: number): number {
  return decodeSmallFloat(bits, 8, 7);
}

function decodeSmallFloat(bits: number, exponentBits: number, fractionBits: number): number {
  const sign = bits >>> 15 === 1 ? -1 : 1;
  const top = 2 ** exponentBits - 1;
  const exponent = (bits >>> fractionBits) & top;
  const fraction = bits & (2 ** fractionBits - 1);
  if (exponent === top) return fraction === 0 ? sign * Infinity : NaN;
  const least = 2 - 2 ** (exponentBits - 1) - fractionBits;
  // Subnormals have the exponent of the smallest normal number, without its hidden 1.
  if (exponent === 0) return sign * fraction * 2 ** least;
  return sign * (2 ** fractionBits + fraction) * 2 ** (least + exponent - 1);
}

/** By the safetensors name; all little-endian. */
export const FLOAT_FORMATS: ReadonlyMap<string, ElementFormat> = new Map([
  ['F64', { bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) }],
  ['F32', { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) }],
  ['F16', { bytes: 2, read: (view, at) => decodeFloat16(view.getUint16(at, true)) }],
  ['BF16', { bytes: 2, read: (view, at) => decodeBfloat16(view.getUint16(at, true)) }],
]);
