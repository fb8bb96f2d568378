import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { readSafetensors } from '../../src/float/checkpoint/safetensors.js';
import { Qs5Error } from '../../src/base/errors.js';
import { caught } from './caught.js';

interface Entry {
  dtype: unknown;
  shape: unknown;
  data_offsets: unknown;
}

/** A file of any header and data, right or wrong. */
function file(
  header: string | Record<string, unknown>,
  data: Uint8Array = new Uint8Array(),
): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return new Uint8Array(Buffer.concat([length, json, data]));
}

const entry = (shape: unknown, begin: number, end: number, dtype: unknown = 'F32'): Entry => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
const read = (bytes: Uint8Array): string => caught(() => readSafetensors(bytes, 'm.safetensors'));
const zeros = (bytes: number): Uint8Array => new Uint8Array(bytes);

describe('reading', () => {
  test('all four dtypes, a scalar, an empty tensor, out of order, from an unaligned view', () => {
    const data = Buffer.alloc(8 + 4 + 2 + 4);
    data.writeDoubleLE(Math.PI, 0);
    data.writeFloatLE(-0.5, 8);
    data.writeUInt16LE(0x3c01, 12);
    data.writeUInt16LE(0x4049, 14);
    data.writeUInt16LE(0xbf80, 16);
    const bytes = file(
      {
        d: entry([1, 2], 14, 18, 'BF16'),
        __metadata__: { task: 'x' },
        c: entry([1], 12, 14, 'F16'),
        a: entry([], 0, 8, 'F64'),
        e: entry([0, 3], 18, 18),
        b: entry([1, 1, 1], 8, 12),
      },
      data,
    );
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const result = readSafetensors(shifted.subarray(3), 'm');
    expect(result.metadata).toEqual({ task: 'x' });
    expect([...result.tensors.values()]).toEqual([
      { name: 'a', shape: [], data: Float64Array.of(Math.PI) },
      { name: 'b', shape: [1, 1, 1], data: Float64Array.of(-0.5) },
      { name: 'c', shape: [1], data: Float64Array.of(1 + 2 ** -10) },
      { name: 'd', shape: [1, 2], data: Float64Array.of(3.140625, -1) },
      { name: 'e', shape: [0, 3], data: new Float64Array() },
    ]);
  });

  test('no metadata, no tensors, padded header', () => {
    expect(readSafetensors(file('{}    '), 'm')).toEqual({ tensors: new Map(), metadata: {} });
  });

  test('the model that comes with qs5', () => {
    const bytes = readFileSync('models/smnist-s5-2x32x16.safetensors');
    const { tensors, metadata } = readSafetensors(bytes, 'm');
    expect(tensors.size).toBe(28);
    expect(metadata['activation']).toBe('half_glu1');
    expect(tensors.get('params/encoder/layers_1/seq/C')?.shape).toEqual([32, 16, 2]);
  });
});

describe('broken containers', () => {
  test('too short for the header length', () => {
    expect(read(zeros(5))).toMatchInlineSnapshot(`
      "m.safetensors  E_CHECKPOINT_FORMAT
        The file has 5 bytes; the header length alone takes 8.
        hint: copy or export the file again: it was changed after it was written."
    `);
  });

  test('header length beyond the file', () => {
    const bytes = file('{}');
    bytes[0] = 200;
    expect(read(bytes)).toMatchInlineSnapshot(`
      "m.safetensors  E_CHECKPOINT_FORMAT
        The header claims 200 bytes, but only 2 follow: the file is truncated, or not a safetensors file.
        hint: copy or export the file again: it was changed after it was written."
    `);
  });

  test('absurd header length', () => {
    expect(read(zeros(16).fill(255))).toMatchInlineSnapshot(`
      "m.safetensors  E_CHECKPOINT_FORMAT
        The header claims 18446744073709551615 bytes; the limit is 100 MB: not a safetensors file.
        hint: a checkpoint is safetensors: write it with safetensors.numpy.save_file."
    `);
  });

  test.each(['', '[]', '{"a": ', 'null', '\xff{}'])('header %j', (text) => {
    const bytes = file('');
    expect(
      read(text === '' ? bytes : file(Buffer.from(text, 'latin1').toString('utf8'))),
    ).toContain('The header is not a JSON object: not');
  });

  test('header of no UTF-8', () => {
    const bytes = file('{"a":1}');
    bytes[10] = 0xff;
    expect(read(bytes)).toMatchInlineSnapshot(`
      "m.safetensors  E_CHECKPOINT_FORMAT
        The header is not a JSON object: not a safetensors file.
        hint: a checkpoint is safetensors: write it with safetensors.numpy.save_file."
    `);
  });

  test('a tensor twice, also when spelt with an escape', () => {
    const one = JSON.stringify(entry([1], 0, 4));
    expect(read(file(`{"w":${one},"w" :${one}}`, zeros(4)))).toMatchInlineSnapshot(`
      "m.safetensors  E_CHECKPOINT_FORMAT
        The header has the key "w" twice.
        hint: export the file again."
    `);
    expect(read(file(`{"w":${one},"\\u0077":${one}}`, zeros(4)))).toContain('the key "w" twice');
    expect(read(file('{"w":{"dtype":"F32","dtype":"F16"}}'))).toContain('the key "dtype" twice');
  });

  test('metadata that is not text', () => {
    expect(read(file({ __metadata__: { eps: 1e-5 } }))).toMatchInlineSnapshot(`
      "m.safetensors  E_CHECKPOINT_FORMAT
        __metadata__ is not a map from text to text.
        hint: write numbers as text: "1e-5"."
    `);
  });

  test('dims that are not sizes', () => {
    expect(read(file({ w: entry([2, -3], 0, 4) }, zeros(4)))).toMatchInlineSnapshot(`
      "m.safetensors: w  E_CHECKPOINT_FORMAT
        The header entry is malformed at shape[1]: must not be negative.
        hint: an entry needs a dtype, a shape of integers of at least 0, and two data_offsets."
    `);
    expect(read(file({ w: entry([1.5], 0, 6) }, zeros(6)))).toMatchInlineSnapshot(`
      "m.safetensors: w  E_CHECKPOINT_FORMAT
        The header entry is malformed at shape[0]: must be an integer.
        hint: an entry needs a dtype, a shape of integers of at least 0, and two data_offsets."
    `);
    expect(read(file({ w: entry('x', 0, 4) }, zeros(4)))).toContain('malformed at shape');
    expect(read(file({ w: 3 }))).toContain('m.safetensors: w  E_CHECKPOINT_FORMAT');
    expect(read(file({ w: { ...entry([1], 0, 4), extra: 1 } }, zeros(4)))).toContain('extra');
  });

  test('size not of shape and dtype', () => {
    expect(read(file({ w: entry([2, 3], 0, 20) }, zeros(20)))).toMatchInlineSnapshot(`
      "m.safetensors: w  E_CHECKPOINT_FORMAT
        Shape [2, 3] of F32 takes 24 bytes, but data_offsets [0, 20] span 20.
        hint: copy or export the file again: it was changed after it was written."
    `);
    expect(read(file({ w: entry([1e9, 1e9, 1e9], 0, 20) }, zeros(20)))).toContain('span 20');
    expect(read(file({ w: entry([1], 8, 4) }, zeros(8)))).toContain('span -4');
  });

  test('data cut off', () => {
    const header = { a: entry([2], 0, 8), b: entry([2], 8, 16) };
    expect(read(file(header, zeros(13)))).toMatchInlineSnapshot(`
      "m.safetensors: b  E_CHECKPOINT_FORMAT
        The tensor ends at byte 16 of the data, but the file has only 13.
        hint: the file is truncated: copy or download it again."
    `);
  });

  test('overlap, hole before, between and after', () => {
    const overlap = { a: entry([2], 0, 8), b: entry([2], 4, 12) };
    expect(read(file(overlap, zeros(12)))).toMatchInlineSnapshot(`
      "m.safetensors: b  E_CHECKPOINT_FORMAT
        The tensor starts at byte 4 and overlaps a, which ends at 8.
        hint: export the file again: tensors must not share bytes."
    `);
    const hole = { a: entry([2], 0, 8), b: entry([1], 12, 16) };
    expect(read(file(hole, zeros(16)))).toMatchInlineSnapshot(`
      "m.safetensors: b  E_CHECKPOINT_FORMAT
        Bytes 8 to 11 of the data, before this tensor, belong to no tensor.
        hint: export the file again: tensors must be contiguous."
    `);
    expect(read(file({ a: entry([1], 4, 8) }, zeros(8)))).toContain('Bytes 0 to 3');
    expect(read(file({ a: entry([1], 0, 4) }, zeros(7)))).toMatchInlineSnapshot(`
      "m.safetensors  E_CHECKPOINT_FORMAT
        3 bytes follow the last tensor.
        hint: the file has trailing bytes: copy or export it again."
    `);
  });

  test('unsupported dtype', () => {
    expect(read(file({ w: entry([4], 0, 4, 'I8') }, zeros(4)))).toMatchInlineSnapshot(`
      "m.safetensors: w  E_CHECKPOINT_TENSOR
        dtype I8 is not supported; supported are F64, F32, F16, BF16.
        hint: store the float parameters; qs5 quantises them itself."
    `);
  });

  test('values that are not finite', () => {
    const data = Buffer.alloc(24);
    data.writeFloatLE(NaN, 16);
    data.writeFloatLE(Infinity, 20);
    expect(read(file({ w: entry([2, 3], 0, 24) }, data))).toMatchInlineSnapshot(`
      "m.safetensors: w  E_CHECKPOINT_TENSOR
        The value at [1, 1] is NaN; all must be finite.
        hint: training diverged or the export is damaged: use an earlier checkpoint."
    `);
    const half = new Uint8Array([0, 0xfc]);
    expect(read(file({ w: entry([], 0, 2, 'F16') }, half))).toContain('at [] is -Infinity');
  });
});

test('any damage to a good file ends in a Qs5Error or in a file that is still good', () => {
  const good = file(
    { __metadata__: { a: 'b' }, w: entry([2], 0, 8), v: entry([1], 8, 12) },
    zeros(12),
  );
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, value, cut) => {
      const bad = good.slice(0, cut);
      bad[at] = value;
      try {
        readSafetensors(bad, 'm');
      } catch (error) {
        expect(error).toBeInstanceOf(Qs5Error);
      }
    }),
    { numRuns: 500 },
  );
});
