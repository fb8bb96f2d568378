import { Qs5Error } from '../errors.js';
import { elementCount, formatShape, type Tensor } from './tensor.js';

/**
 * A safetensors file of the given tensors: same tensors and metadata, same bytes, in whatever
 * order they are given (tensors and metadata are sorted by name).
 *
 * @param dtype Element type of all tensors; F32 rounds to nearest.
 * @throws Qs5Error E_CHECKPOINT_TENSOR for two tensors of one name, data that does not fill its
 * shape, or a value that is not finite in `dtype`.
 */
export function writeSafetensors(
  tensors: Iterable<Tensor>,
  metadata: Readonly<Record<string, string>>,
  dtype: 'F32' | 'F64' = 'F32',
): Uint8Array {
  const sorted = [...tensors].sort((a, b) => compareNames(a.name, b.name));
  checkTensors(sorted, dtype);
  const width = dtype === 'F32' ? 4 : 8;

  let end = 0;
  const entries = sorted.map(({ name, shape, data }): [string, object] => {
    const begin = end;
    end += data.length * width;
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  const meta = Object.entries(metadata).sort(([a], [b]) => compareNames(a, b));
  const head = meta.length > 0 ? [['__metadata__', Object.fromEntries(meta)] as const] : [];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...head, ...entries])));
  // Blanks bring the data to a multiple of 8 bytes, so that it can be mapped as it stands.
  const headerLength = Math.ceil(json.length / 8) * 8;

  const bytes = new Uint8Array(8 + headerLength + end).fill(0x20, 8, 8 + headerLength);
  bytes.set(json, 8);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  let offset = 8 + headerLength;
  for (const { data } of sorted) {
    for (const value of data) {
      if (dtype === 'F32') view.setFloat32(offset, value, true);
      else view.setFloat64(offset, value, true);
      offset += width;
    }
  }
  return bytes;
}

/** Order of code units; `localeCompare` would depend on the machine. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkTensors(sorted: readonly Tensor[], dtype: 'F32' | 'F64'): void {
  let previous: string | undefined;
  for (const { name, shape, data } of sorted) {
    const fail = (message: string): Qs5Error =>
      new Qs5Error('E_CHECKPOINT_TENSOR', { message, subject: name });
    if (name === previous) throw fail('Two tensors have this name.');
    if (name === '__metadata__') throw fail('The name is reserved by the format.');
    if (elementCount(shape) !== data.length) {
      throw fail(`Shape ${formatShape(shape)} does not hold ${data.length} elements.`);
    }
    const bad = data.findIndex(
      (value) => !Number.isFinite(dtype === 'F32' ? Math.fround(value) : value),
    );
    if (bad >= 0) throw fail(`Element ${bad} is ${String(data[bad])}, which ${dtype} cannot hold.`);
    previous = name;
  }
}
