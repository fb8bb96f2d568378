import { z } from 'zod';
import { Qs5Error, formatPath } from '../../base/errors.js';
import { findDuplicateKey } from './duplicate_keys.js';
import type { FileKind } from './file_kind.js';
import { foreignFile } from './foreign.js';
import { elementCount, formatShape } from './tensor.js';

/** A tensor in the header; `begin` and `end` count bytes from the start of the data section. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Offset of the data section in the file. */
  readonly dataStart: number;
}

/** The limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;

const size = z.int('must be an integer').nonnegative('must not be negative');
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});
const metadataSchema = z.record(z.string(), z.string());
const objectSchema = z.record(z.string(), z.unknown());

const REDO = 'copy or export the file again: it was changed after it was written.';

/**
 * The header of a safetensors file: 8 bytes of little-endian length, then JSON.
 *
 * @param file Name of the file in messages.
 * @param kind Purpose of the file.
 * @throws Qs5Error with the kind's codes: a broken container, another format, an element type that
 * is not allowed. Source: https://github.com/huggingface/safetensors#format
 */
export function parseHeader(bytes: Uint8Array, file: string, kind: FileKind): Header {
  const fail = (message: string, hint: string): Qs5Error =>
    new Qs5Error(kind.containerCode, { message, hint, subject: file });
  const foreign = foreignFile(bytes);
  if (foreign !== undefined) {
    throw fail(`The file is ${foreign.name}.`, foreign.hint ?? kind.foreign);
  }
  if (bytes.length < 8) {
    throw fail(`The file has ${bytes.length} bytes; the header length alone takes 8.`, REDO);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw fail(
      `The header claims ${length.toString()} bytes; the limit is 100 MB: not a safetensors file.`,
      kind.foreign,
    );
  }
  const dataStart = 8 + Number(length);
  if (dataStart > bytes.length) {
    throw fail(
      `The header claims ${length.toString()} bytes, but only ${bytes.length - 8} follow: the file is truncated, or not a safetensors file.`,
      REDO,
    );
  }
  const text = decodeUtf8(bytes.subarray(8, dataStart));
  const json = text === undefined ? undefined : parseJson(text);
  const parsed = objectSchema.safeParse(json);
  if (text === undefined || !parsed.success || Array.isArray(json)) {
    throw fail('The header is not a JSON object: not a safetensors file.', kind.foreign);
  }
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) {
    throw fail(`The header has the key "${duplicate}" twice.`, 'export the file again.');
  }
  const { __metadata__: metadata = {}, ...rest } = parsed.data;
  const known = metadataSchema.safeParse(metadata);
  if (!known.success) {
    throw fail('__metadata__ is not a map from text to text.', 'write numbers as text: "1e-5".');
  }
  const entries = Object.entries(rest).map(([name, value]) => parseEntry(name, value, file, kind));
  return { entries: inByteOrder(entries), metadata: known.data, dataStart };
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return undefined;
  }
}

function parseEntry(
  name: string,
  value: unknown,
  file: string,
  { formats, containerCode, tensorCode, otherType }: FileKind,
): TensorEntry {
  const subject = `${file}: ${name}`;
  const entry = entrySchema.safeParse(value);
  if (!entry.success) {
    const [issue] = entry.error.issues;
    const where = formatPath(
      (issue?.path ?? []).map((key) => (typeof key === 'number' ? key : String(key))),
    );
    throw new Qs5Error(containerCode, {
      message: `The header entry is malformed${where === '' ? '' : ` at ${where}`}: ${issue?.message ?? 'unknown'}.`,
      hint: 'an entry needs a dtype, a shape of integers of at least 0, and two data_offsets.',
      subject,
    });
  }
  const { dtype, shape } = entry.data;
  const [begin, end] = entry.data.data_offsets;
  const format = formats.get(dtype);
  if (format === undefined) {
    throw new Qs5Error(tensorCode, {
      message: `dtype ${dtype} is not supported; supported are ${[...formats.keys()].join(', ')}.`,
      hint: otherType,
      subject,
    });
  }
  const expected = elementCount(shape) * format.bytes;
  if (end - begin !== expected) {
    throw new Qs5Error(containerCode, {
      message: `Shape ${formatShape(shape)} of ${dtype} takes ${expected} bytes, but data_offsets [${begin}, ${end}] span ${end - begin}.`,
      hint: REDO,
      subject,
    });
  }
  return { name, dtype, shape, begin, end };
}

function inByteOrder(entries: readonly TensorEntry[]): TensorEntry[] {
  return [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
}
