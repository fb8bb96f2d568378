import { describe, expect, test } from 'vitest';
import { decodeBfloat16, decodeFloat16 } from '../../src/float/checkpoint/float_formats.js';

/** binary16 by re-basing its fields into a binary32, whose decoding is the machine's. */
function float16ByFloat32(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  const sign = (bits & 0x8000) << 16;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) {
    view.setInt32(0, sign | 0x7f800000 | (fraction << 13));
    return view.getFloat32(0);
  }
  if (exponent > 0) {
    view.setInt32(0, sign | ((exponent + 112) << 23) | (fraction << 13));
    return view.getFloat32(0);
  }
  // A subnormal f is (1 + f/1024 - 1) * 2^-14: let the machine subtract the hidden one.
  view.setInt32(0, (113 << 23) | (fraction << 13));
  const magnitude = view.getFloat32(0) - 2 ** -14;
  return sign === 0 ? magnitude : -magnitude;
}

function bfloat16ByFloat32(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}

/** The patterns, of all 65536, on which two decoders differ (NaN equal to NaN, 0 not to -0). */
function differences(a: (bits: number) => number, b: (bits: number) => number): number[] {
  return Array.from({ length: 65536 }, (_, bits) => bits).filter(
    (bits) => !Object.is(a(bits), b(bits)),
  );
}

describe('16-bit floats', () => {
  test('every binary16 pattern', () => {
    expect(differences(decodeFloat16, float16ByFloat32)).toEqual([]);
  });

  test('every bfloat16 pattern', () => {
    expect(differences(decodeBfloat16, bfloat16ByFloat32)).toEqual([]);
  });

  test('landmarks', () => {
    expect([0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400].map(decodeFloat16)).toEqual([
      1,
      -2,
      65504,
      2 ** -24,
      2 ** -14,
    ]);
    expect([0x3f80, 0xc000, 0x0001, 0x4049].map(decodeBfloat16)).toEqual([
      1,
      -2,
      2 ** -133,
      3.140625,
    ]);
  });
});
