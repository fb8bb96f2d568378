import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKPOINT, DATASET, NETWORK } from '../../src/float/checkpoint/file_kind.js';
import { foreignFile } from '../../src/float/checkpoint/foreign.js';
import { readSafetensors } from '../../src/float/checkpoint/safetensors.js';
import { writeSafetensors } from '../../src/float/checkpoint/write_safetensors.js';
import { readIdx } from '../../src/float/dataset/idx.js';
import { decodeNetwork } from '../../src/network/file.js';
import { caught } from './caught.js';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

/** A zip archive as far as the name of its first entry. */
function zip(entry: string): Uint8Array {
  const head = Buffer.alloc(30);
  head.write('PK\x03\x04', 'latin1');
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(entry.length, 26);
  return new Uint8Array(Buffer.concat([head, Buffer.from(entry), Buffer.alloc(60)]));
}

const FILES: readonly (readonly [string, Uint8Array])[] = [
  ['a NumPy archive (.npz)', zip('inputs.npy')],
  ['a PyTorch checkpoint (a zip archive with a pickle)', zip('archive/data.pkl')],
  ['a zip archive (like .npz and .pt)', zip('word/document.xml')],
  ['a NumPy array (.npy)', bytesOf("\x93NUMPY\x01\x00v\x00{'descr': '<f4'}")],
  ['a Python pickle (older .pt and .pkl)', Uint8Array.of(0x80, 4, 0x95, 1, 1, 1, 1)],
  ['an HDF5 file (Keras, MATLAB 7.3)', bytesOf('\x89HDF\r\n\x1a\n\0\0\0\0')],
  ['a gzip stream', new Uint8Array(gzipSync('anything'))],
  ['an IDX file', Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7)],
  ['JSON text', bytesOf('{ "params": [0.5, 1.25] }')],
  ['a text file', bytesOf('0.5,1.25\n0.75,2\n')],
  ['a text file', bytesOf('short')],
  ['an HTML page', bytesOf('<!DOCTYPE html>\n<html><body>404</body></html>')],
  [
    'a Git LFS pointer, not the file itself',
    bytesOf('version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 9\n'),
  ],
  ['empty', new Uint8Array()],
];

describe('a file of another format is named for what it is', () => {
  it.each(FILES)('%s', (name, bytes) => {
    const first = `\n  The file is ${name}.\n  hint: `;
    for (const kind of [CHECKPOINT, DATASET, NETWORK]) {
      const message = caught(() => readSafetensors(bytes, 'f', kind));
      expect(message).toContain(`f  ${kind.containerCode}${first}`);
      expect(message).not.toContain('The header');
    }
    expect(caught(() => decodeNetwork(bytes, 'f'))).toContain(`f  E_NETWORK${first}`);
  });

  it('where IDX is wanted too', () => {
    expect(caught(() => readIdx(zip('inputs.npy'), 'f'))).toMatchInlineSnapshot(`
      "f  E_DATASET
        The file is a NumPy archive (.npz), not IDX.
        hint: image files start with 0x00000803, label files with 0x00000801."
    `);
    const safetensors = writeSafetensors([], {}, 'F32');
    expect(caught(() => readIdx(safetensors, 'f'))).toContain('not that of an IDX file');
    expect(caught(() => readIdx(new Uint8Array(gzipSync('a,b\n')), 'f'))).toContain(
      'The file is a text file, not IDX.',
    );
  });

  it('but a safetensors file is none, nor are bytes that nobody knows', () => {
    const model = readFileSync('models/smnist-s5-2x32x16.safetensors');
    expect(foreignFile(model)).toBeUndefined();
    expect(foreignFile(writeSafetensors([], {}, 'F32'))).toBeUndefined();
    // A header of 0x8b1f bytes starts as a gzip stream does.
    const long = new Uint8Array(8 + 0x8b1f).fill(0x20);
    long.set([0x1f, 0x8b, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d]);
    expect(foreignFile(long)).toBeUndefined();
    expect(readSafetensors(long, 'f').tensors.size).toBe(0);
    expect(foreignFile(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9))).toBeUndefined();
  });

  it('is what errors of data are about', () => {
    const inputs = { name: 'inputs', shape: [1, 2], data: Float64Array.of(0, 1) };
    const bytes = writeSafetensors([inputs], {}, 'F32');
    // The last element becomes NaN.
    bytes.set([0, 0, 0xc0, 0x7f], bytes.length - 4);
    expect(caught(() => readSafetensors(bytes, 'd', DATASET))).toMatchInlineSnapshot(`
      "d: inputs  E_DATASET
        The value at [0, 1] is NaN; all must be finite.
        hint: the data have a gap: remove the sequence, or fill in the value."
    `);
    expect(caught(() => readSafetensors(bytes, 'd'))).toContain('training diverged');
  });
});
