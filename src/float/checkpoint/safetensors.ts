import { Qs5Error } from '../../base/errors.js';
import { CHECKPOINT, type FileKind } from './file_kind.js';
import { parseHeader, type Header, type TensorEntry } from './safetensors_header.js';
import { elementCount, formatShape, type Tensor, type TensorFile } from './tensor.js';

export type { Tensor, TensorFile } from './tensor.js';

/**
 * Reads a safetensors file, by default one of a float model.
 *
 * The tensors must cover the data section exactly, without overlap, and hold finite values only.
 *
 * @param file Name of the file in messages.
 * @param kind Purpose of the file.
 * @throws Qs5Error with the kind's codes: a broken container, an unsupported dtype, a value that is
 * not finite. Source: https://github.com/huggingface/safetensors#format
 */
export function readSafetensors(
  bytes: Uint8Array,
  file: string,
  kind: FileKind = CHECKPOINT,
): TensorFile {
  const header = parseHeader(bytes, file, kind);
  checkCoverage(header, bytes.length - header.dataStart, file, kind);
  const view = new DataView(
    bytes.buffer,
    bytes.byteOffset + header.dataStart,
    bytes.byteLength - header.dataStart,
  );
  const tensors = header.entries.map((entry) => readTensor(entry, view, file, kind));
  return {
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    metadata: header.metadata,
  };
}

/** The format forbids holes, which could hide data, and overlaps. */
function checkCoverage(
  header: Header,
  available: number,
  file: string,
  { containerCode }: FileKind,
): void {
  const fail = (message: string, hint: string, name?: string): Qs5Error =>
    new Qs5Error(containerCode, {
      message,
      hint,
      subject: name === undefined ? file : `${file}: ${name}`,
    });
  let covered = 0;
  let previous: TensorEntry | undefined;
  for (const entry of header.entries) {
    if (entry.end > available) {
      throw fail(
        `The tensor ends at byte ${entry.end} of the data, but the file has only ${available}.`,
        'the file is truncated: copy or download it again.',
        entry.name,
      );
    }
    if (entry.begin < covered) {
      throw fail(
        `The tensor starts at byte ${entry.begin} and overlaps ${previous?.name ?? ''}, which ends at ${covered}.`,
        'export the file again: tensors must not share bytes.',
        entry.name,
      );
    }
    if (entry.begin > covered) {
      throw fail(
        `Bytes ${covered} to ${entry.begin - 1} of the data, before this tensor, belong to no tensor.`,
        'export the file again: tensors must be contiguous.',
        entry.name,
      );
    }
    covered = entry.end;
    previous = entry;
  }
  if (covered < available) {
    throw fail(
      `${available - covered} bytes follow the last tensor.`,
      'the file has trailing bytes: copy or export it again.',
    );
  }
}

function readTensor(
  entry: TensorEntry,
  view: DataView,
  file: string,
  { formats, tensorCode, notFinite }: FileKind,
): Tensor {
  const { name, shape, begin, dtype } = entry;
  const format = formats.get(dtype);
  if (format === undefined) throw new TypeError(`${dtype} passed the header check`);
  const data = new Float64Array(elementCount(shape));
  for (let i = 0; i < data.length; i++) {
    const value = format.read(view, begin + i * format.bytes);
    if (dtype.endsWith('64') && dtype !== 'F64' && !Number.isSafeInteger(value)) {
      throw new Qs5Error(tensorCode, {
        message: `The value at ${formatShape(unravel(i, shape))} is beyond 2^53.`,
        hint: 'store it as F64 if it is not an exact integer.',
        subject: `${file}: ${name}`,
      });
    }
    if (!Number.isFinite(value)) {
      throw new Qs5Error(tensorCode, {
        message: `The value at ${formatShape(unravel(i, shape))} is ${value}; all must be finite.`,
        hint: notFinite,
        subject: `${file}: ${name}`,
      });
    }
    data[i] = value;
  }
  return { name, shape, data };
}

/** Index along every axis of row-major element `flat`. */
function unravel(flat: number, shape: readonly number[]): number[] {
  let rest = flat;
  return shape
    .toReversed()
    .map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index;
    })
    .reverse();
}
