import { gunzipSync } from 'node:zlib';
import { foreignFile } from '../checkpoint/foreign.js';
import { Qs5Error } from '../../base/errors.js';

/** An array of bytes in IDX format, the container of MNIST. */
export interface IdxArray {
  /** Sizes of the axes, outermost first; at least one. */
  readonly dims: readonly number[];
  /** Row-major elements, 0 to 255. */
  readonly data: Uint8Array;
}

const NOT_IDX = 'image files start with 0x00000803, label files with 0x00000801.';
const UNSIGNED_BYTE = 0x08;
const OTHER_TYPES: ReadonlyMap<number, string> = new Map([
  [0x09, 'signed bytes'],
  [0x0b, '16-bit integers'],
  [0x0c, '32-bit integers'],
  [0x0d, '32-bit floats'],
  [0x0e, '64-bit floats'],
]);

/**
 * Reads an IDX file of unsigned bytes, gzipped or plain: two zero bytes, the element type, the
 * number of axes, each axis as a big-endian 32-bit integer, then the elements.
 *
 * @param file Name of the file in messages.
 * @throws Qs5Error E_DATASET for a broken file, or for other elements. Source:
 * http://yann.lecun.com/exdb/mnist/ (section on the file format)
 */
export function readIdx(bytes: Uint8Array, file: string): IdxArray {
  const fail = (message: string, hint: string): Qs5Error =>
    new Qs5Error('E_DATASET', { message, hint, subject: file });
  const again = 'download or copy the file again.';
  const plain = gunzip(bytes);
  if (plain === undefined) throw fail('The gzip stream is broken or truncated.', again);
  const foreign = foreignFile(plain);
  if (foreign !== undefined && !startsLikeIdx(plain)) {
    throw fail(`The file is ${foreign.name}, not IDX.`, foreign.hint ?? NOT_IDX);
  }
  if (plain.length < 4) {
    throw fail(`The file has ${plain.length} bytes; the magic number alone takes 4.`, again);
  }
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const type = view.getUint8(2);
  const rank = view.getUint8(3);
  const other = OTHER_TYPES.get(type);
  if (view.getUint16(0) !== 0 || rank === 0 || (type !== UNSIGNED_BYTE && other === undefined)) {
    const magic = view.getUint32(0).toString(16).padStart(8, '0');
    throw fail(`The magic number is 0x${magic}, not that of an IDX file.`, NOT_IDX);
  }
  if (other !== undefined) {
    throw fail(`The elements are ${other}.`, 'store pixels and labels as unsigned bytes.');
  }
  const start = 4 + 4 * rank;
  if (plain.length < start) {
    throw fail(`The file ends within the sizes of its ${rank} axes.`, again);
  }
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = dims.reduce((product, size) => product * size, 1);
  const found = plain.length - start;
  if (found !== expected) {
    throw fail(
      `Sizes ${dims.join(' x ')} take ${expected} bytes, but ${found} follow.`,
      found < expected ? `the file is truncated: ${again}` : `the sizes are wrong: ${again}`,
    );
  }
  return { dims, data: plain.subarray(start) };
}

/** Magic number: two zero bytes, an element type, the number of axes. */
function startsLikeIdx(bytes: Uint8Array): boolean {
  const type = bytes[2] ?? 0;
  return bytes[0] === 0 && bytes[1] === 0 && (type === UNSIGNED_BYTE || OTHER_TYPES.has(type));
}

/** The content of a gzip file, else the bytes; undefined for a broken gzip file. */
function gunzip(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    return undefined;
  }
}
