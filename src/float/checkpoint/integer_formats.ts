/** Integer element types of tensor files, and their conversion to numbers. */
import type { ElementFormat } from './float_formats.js';

/** By the safetensors name; all little-endian. Values of I64 and U64 must be safe integers. */
export const INTEGER_FORMATS: ReadonlyMap<string, ElementFormat> = new Map([
  ['I64', { bytes: 8, read: (view: DataView, at: number) => Number(view.getBigInt64(at, true)) }],
  ['U64', { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) }],
  ['I32', { bytes: 4, read: (view, at) => view.getInt32(at, true) }],
  ['U32', { bytes: 4, read: (view, at) => view.getUint32(at, true) }],
  ['I16', { bytes: 2, read: (view, at) => view.getInt16(at, true) }],
  ['U16', { bytes: 2, read: (view, at) => view.getUint16(at, true) }],
  ['I8', { bytes: 1, read: (view, at) => view.getInt8(at) }],
  ['U8', { bytes: 1, read: (view, at) => view.getUint8(at) }],
]);
