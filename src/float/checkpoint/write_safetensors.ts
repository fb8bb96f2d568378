import { Qs5Error } from '../../base/errors.js';
import { elementCount, formatShape, type Tensor } from './tensor.js';

/**
 * A safetensors file of the given tensors. Tensors and metadata are sorted by name, so the bytes
 * are independent of their order.
 *
 * @param dtype Element type of all tensors, or by name; F32 rounds to nearest.
 * @throws Qs5Error E_CHECKPOINT_TENSOR for two tensors of one name, data of the wrong size, or a
 * value outside `dtype`.
 */
export function writeSafetensors(
  tensors: Iterable<Tensor>,
  metadata: Readonly<Record<string, string>>,
  dtype: WrittenType | ((name: string) => WrittenType) = 'F32',
): Uint8Array {
  const sorted = [...tensors].sort((a, b) => compareNames(a.name, b.name));
  const typeOf = typeof dtype === 'function' ? dtype : () => dtype;
  checkTensors(sorted, typeOf);

  let end = 0;
  const entries = sorted.map(({ name, shape, data }): [string, object] => {
    const begin = end;
    const type = typeOf(name);
    end += data.length * WRITERS[type].bytes;
    return [name, { dtype: type, shape, data_offsets: [begin, end] }];
  });
  const meta = Object.entries(metadata).sort(([a], [b]) => compareNames(a, b));
  const head = meta.length > 0 ? [['__metadata__', Object.fromEntries(meta)] as const] : [];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...head, ...entries])));
  // Blanks align the data to 8 bytes, so that it can be memory-mapped.
  const headerLength = Math.ceil(json.length / 8) * 8;

  const bytes = new Uint8Array(8 + headerLength + end).fill(0x20, 8, 8 + headerLength);
  bytes.set(json, 8);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  let offset = 8 + headerLength;
  for (const { name, data } of sorted) {
    const { bytes: width, write } = WRITERS[typeOf(name)];
    for (const value of data) {
      write(view, offset, value);
      offset += width;
    }
  }
  return bytes;
}

/** Element types of the writer. */
export type WrittenType = 'F32' | 'F64' | 'I32' | 'I64';

interface Writer {
  readonly bytes: number;
  readonly holds: (value: number) => boolean;
  readonly write: (view: DataView, at: number, value: number) => void;
}

const WRITERS: Readonly<Record<WrittenType, Writer>> = {
  F32: {
    bytes: 4,
    holds: (value) => Number.isFinite(Math.fround(value)),
    write: (view, at, value) => {
      view.setFloat32(at, value, true);
    },
  },
  F64: {
    bytes: 8,
    holds: Number.isFinite,
    write: (view, at, value) => {
      view.setFloat64(at, value, true);
    },
  },
  I32: {
    bytes: 4,
    holds: (value) => (value | 0) === value,
    write: (view, at, value) => {
      view.setInt32(at, value, true);
    },
  },
  I64: {
    bytes: 8,
    holds: Number.isSafeInteger,
    write: (view, at, value) => {
      view.setBigInt64(at, BigInt(value), true);
    },
  },
};

/** Order of code units, because `localeCompare` depends on the machine. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkTensors(sorted: readonly Tensor[], typeOf: (name: string) => WrittenType): void {
  let previous: string | undefined;
  for (const { name, shape, data } of sorted) {
    const fail = (message: string): Qs5Error =>
      new Qs5Error('E_CHECKPOINT_TENSOR', { message, subject: name });
    if (name === previous) throw fail('Two tensors have this name.');
    if (name === '__metadata__') throw fail('The name is reserved by the format.');
    if (elementCount(shape) !== data.length) {
      throw fail(`Shape ${formatShape(shape)} does not hold ${data.length} elements.`);
    }
    const dtype = typeOf(name);
    const bad = data.findIndex((value) => !WRITERS[dtype].holds(value));
    if (bad >= 0) throw fail(`Element ${bad} is ${String(data[bad])}, which ${dtype} cannot hold.`);
    previous = name;
  }
}
