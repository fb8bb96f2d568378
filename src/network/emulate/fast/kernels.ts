import { KERNEL_BYTES } from './kernel_bytes.js';

/** Functions of kernels/emulator.ts; every argument but a limit or unit is an address or a count. */
export interface Kernels {
  narrow(x: number, stride: number, out: number, columns: number, steps: number): void;
  matvec16(x: number, w: number, out: number, cols: number, rows: number, steps: number): void;
  matvec64(x: number, w: number, out: number, cols: number, rows: number, steps: number): void;
  requantize(
    ...args: [
      ...[x: number, factors: number, offsets: number, out: number],
      ...[stride: number, steps: number, limit: number, mode: number],
    ]
  ): number;
  recurrence(
    ...args: [
      ...[bu: number, direct: number, crossed: number, state: number, out: number],
      ...[stride: number, steps: number, limit: number, mode: number],
    ]
  ): number;
  feedthrough(
    ...args: [
      ...[sum: number, u: number, weights: number, out: number],
      ...[stride: number, steps: number, unit: number],
    ]
  ): void;
  multiply(a: number, b: number, out: number, n: number): void;
  residual(a: number, b: number, out: number, n: number, limit: number): number;
  lookup(
    ...args: [
      ...[x: number, table: number, out: number],
      ...[stride: number, length: number, steps: number, mask: number],
    ]
  ): void;
  lookupSum(
    ...args: [x: number, table: number, stride: number, length: number, steps: number, mask: number]
  ): number;
  embed(x: number, table: number, out: number, stride: number, steps: number, rows: number): void;
  join(a: number, b: number, out: number, n: number): void;
  layerNorm(
    ...args: [
      ...[x: number, table: number, out: number, stride: number, length: number, steps: number],
      ...[epsilon: bigint, indexBits: number, shift: number, mode: number],
    ]
  ): void;
  accumulate(x: number, sum: number, stride: number, steps: number): void;
}

let compiled: WebAssembly.Module | undefined;

/** The kernels on a memory. */
export function instantiateKernels(memory: WebAssembly.Memory): Kernels {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BYTES, 'base64'));
  const abort = () => {
    throw new Error('a kernel aborted');
  };
  // The interface above is what kernels/emulator.ts exports.
  const { exports } = new WebAssembly.Instance(compiled, { env: { abort, memory } });
  return exports as unknown as Kernels;
}
