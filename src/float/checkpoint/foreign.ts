/** Detects files of other formats by their first bytes, so that an error names the format. */

/** Format of a file that is not safetensors. */
export interface ForeignFile {
  /** With its article: `a zip archive`. */
  readonly name: string;
  /** Hint, if it is independent of the expected format. */
  readonly hint?: string;
}

interface Signature extends ForeignFile {
  readonly magic: readonly number[] | string;
  /** Offset of the magic bytes in the file; default 0. */
  readonly at?: number;
}

const UNPACK = 'unpack the file first.';

/** The first match counts. */
const SIGNATURES: readonly Signature[] = [
  { magic: 'PK\x05\x06', name: 'an empty zip archive' },
  { magic: '\x93NUMPY', name: 'a NumPy array (.npy)' },
  { magic: '\x89HDF\r\n\x1a\n', name: 'an HDF5 file (Keras, MATLAB 7.3)' },
  { magic: [0x1f, 0x8b], name: 'a gzip stream', hint: UNPACK },
  { magic: [0x42, 0x5a, 0x68], name: 'a bzip2 stream', hint: UNPACK },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], name: 'an xz stream', hint: UNPACK },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], name: 'a Zstandard stream', hint: UNPACK },
  { magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], name: 'a 7z archive', hint: UNPACK },
  { magic: 'ustar', at: 257, name: 'a tar archive', hint: UNPACK },
  { magic: 'MATLAB 5.0', name: 'a MATLAB file' },
  { magic: 'GGUF', name: 'a GGUF file' },
  { magic: 'TFL3', at: 4, name: 'a TensorFlow Lite model' },
  { magic: 'PAR1', name: 'a Parquet file' },
  { magic: 'ARROW1', name: 'an Arrow file' },
  { magic: 'SQLite format 3\0', name: 'an SQLite database' },
  { magic: '%PDF-', name: 'a PDF document' },
  { magic: '\x89PNG\r\n\x1a\n', name: 'a PNG image' },
  { magic: [0xff, 0xd8, 0xff], name: 'a JPEG image' },
  { magic: '\x7fELF', name: 'an executable' },
];

/** Bytes of text to examine. */
const TEXT_BYTES = 4096;

/** Format of the bytes; undefined for a safetensors file and for an unknown format. */
export function foreignFile(bytes: Uint8Array): ForeignFile | undefined {
  if (bytes.length === 0) return { name: 'empty', hint: 'copy or export the file again.' };
  if (startsLikeSafetensors(bytes)) return undefined;
  const found = SIGNATURES.find(({ magic, at = 0 }) => startsWith(bytes, magic, at));
  if (found !== undefined) return found;
  if (startsWith(bytes, 'PK\x03\x04', 0)) return { name: zipName(bytes) };
  return pickle(bytes) ?? idx(bytes) ?? text(bytes);
}

/** Safetensors: an eight-byte length below 2^32, then the brace of the header. */
function startsLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0);
}

function startsWith(bytes: Uint8Array, magic: readonly number[] | string, at: number): boolean {
  const wanted = typeof magic === 'string' ? [...Buffer.from(magic, 'latin1')] : magic;
  return wanted.every((byte, i) => bytes[at + i] === byte);
}

/** The name of the first entry distinguishes zip archives. */
function zipName(bytes: Uint8Array): string {
  const length = (bytes[26] ?? 0) + 256 * (bytes[27] ?? 0);
  const entry = Buffer.from(bytes.subarray(30, 30 + length)).toString('latin1');
  if (entry.endsWith('.npy')) return 'a NumPy archive (.npz)';
  if (/(^|\/)(data\.pkl|byteorder|\.format_version|version|constants\.pkl)$/.test(entry)) {
    return 'a PyTorch checkpoint (a zip archive with a pickle)';
  }
  return 'a zip archive (like .npz and .pt)';
}

/** Pickle protocols 2 to 5 start with PROTO and their number. */
function pickle(bytes: Uint8Array): ForeignFile | undefined {
  const protocol = bytes[1] ?? 0;
  if (bytes[0] !== 0x80 || protocol < 2 || protocol > 5) return undefined;
  return { name: 'a Python pickle (older .pt and .pkl)' };
}

/** IDX: two zero bytes, an element type from 8 to 14, and the number of axes. */
function idx(bytes: Uint8Array): ForeignFile | undefined {
  const [zero, also, type = 0, rank = 0] = bytes;
  const types = [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e];
  if (zero !== 0 || also !== 0 || !types.includes(type) || rank < 1 || rank > 8) return undefined;
  return { name: 'an IDX file', hint: 'name it in data: { idx: ... }.' };
}

function text(bytes: Uint8Array): ForeignFile | undefined {
  const start = readable(bytes.subarray(0, TEXT_BYTES));
  if (start === undefined) return undefined;
  if (start.startsWith('version https://git-lfs.github.com/spec/')) {
    return {
      name: 'a Git LFS pointer, not the file itself',
      hint: 'run "git lfs pull" where the file comes from, then copy it again.',
    };
  }
  const trimmed = start.trimStart();
  if (/^(<!doctype html|<html)/i.test(trimmed)) {
    return { name: 'an HTML page', hint: 'download the file itself, not the page about it.' };
  }
  if (/^[{[]/.test(trimmed)) return { name: 'JSON text' };
  return { name: 'a text file' };
}

/** The bytes as text; undefined for binary data. The last character may be cut off. */
function readable(bytes: Uint8Array): string | undefined {
  const decoded = new TextDecoder('utf-8').decode(bytes, { stream: true });
  const binary = (character: string) => character < ' ' && !/\s/.test(character);
  return decoded.includes('\ufffd') || Array.from(decoded).some(binary) ? undefined : decoded;
}
