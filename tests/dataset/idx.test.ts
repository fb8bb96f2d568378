import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { readIdx } from '../../src/float/dataset/idx.js';
import { Qs5Error } from '../../src/base/errors.js';
import { caught } from '../checkpoint/caught.js';

const read = (bytes: readonly number[] | Uint8Array): string =>
  caught(() => readIdx(Uint8Array.from(bytes), 'd.idx'));
const good = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255];

test('plain and gzipped', () => {
  const expected = { dims: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 255) };
  expect(readIdx(Uint8Array.from(good), 'd')).toEqual(expected);
  const unzipped = readIdx(gzipSync(Uint8Array.from(good)), 'd');
  expect({ dims: unzipped.dims, data: Uint8Array.from(unzipped.data) }).toEqual(expected);
});

describe('broken files', () => {
  test('too short', () => {
    expect(read([0, 0, 8])).toMatchInlineSnapshot(`
      "d.idx  E_DATASET
        The file has 3 bytes; the magic number alone takes 4.
        hint: download or copy the file again."
    `);
    expect(read(good.slice(0, 10))).toMatchInlineSnapshot(`
      "d.idx  E_DATASET
        The file ends within the sizes of its 2 axes.
        hint: download or copy the file again."
    `);
  });

  test('magic number', () => {
    expect(read([0x89, 0x50, 0x4e, 0x47, 0, 0])).toMatchInlineSnapshot(`
      "d.idx  E_DATASET
        The magic number is 0x89504e47, not that of an IDX file.
        hint: image files start with 0x00000803, label files with 0x00000801."
    `);
    expect(read([0, 0, 8, 0])).toContain('0x00000800');
    expect(read([0, 0, 7, 1, 0, 0, 0, 0])).toContain('0x00000701');
    expect(read([0, 0, 0x0d, 1, 0, 0, 0, 0])).toMatchInlineSnapshot(`
      "d.idx  E_DATASET
        The elements are 32-bit floats.
        hint: store pixels and labels as unsigned bytes."
    `);
  });

  test('data that does not fill the sizes', () => {
    expect(read(good.slice(0, 16))).toMatchInlineSnapshot(`
      "d.idx  E_DATASET
        Sizes 2 x 3 take 6 bytes, but 4 follow.
        hint: the file is truncated: download or copy the file again."
    `);
    expect(read([...good, 7])).toMatchInlineSnapshot(`
      "d.idx  E_DATASET
        Sizes 2 x 3 take 6 bytes, but 7 follow.
        hint: the sizes are wrong: download or copy the file again."
    `);
    expect(read([0, 0, 8, 3, ...Array.from({ length: 12 }, () => 255)])).toContain('truncated');
  });

  test('gzip', () => {
    expect(read(gzipSync(Uint8Array.from(good)).subarray(0, 20))).toMatchInlineSnapshot(`
      "d.idx  E_DATASET
        The gzip stream is broken or truncated.
        hint: download or copy the file again."
    `);
  });
});

test('any damage ends in a Qs5Error or in a file that is still good', () => {
  const packed = gzipSync(Uint8Array.from(good));
  fc.assert(
    fc.property(
      fc.constantFrom(Uint8Array.from(good), packed),
      fc.nat(40),
      fc.nat(255),
      (b, i, v) => {
        const bad = Uint8Array.from(b);
        bad[i] = v;
        try {
          readIdx(bad, 'd');
        } catch (error) {
          expect(error).toBeInstanceOf(Qs5Error);
        }
      },
    ),
  );
});
