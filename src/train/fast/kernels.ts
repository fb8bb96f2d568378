import { KERNEL_BYTES } from './kernel_bytes.js';

/** Addresses come first, then counts: rows, words of a row or words. */
type Kernel = (...numbers: number[]) => void;

/** Functions of kernels/train.ts, in the order of their arguments there. */
export interface TrainKernels {
  readonly clear: Kernel;
  readonly collect: Kernel;
  readonly matvec: Kernel;
  readonly matvecInputGradient: Kernel;
  readonly matvecWeightGradient: Kernel;
  readonly recurrence: Kernel;
  readonly recurrenceGradient: Kernel;
  readonly feedthrough: Kernel;
  readonly feedthroughGradient: Kernel;
  readonly scale: Kernel;
  readonly scaleGradient: Kernel;
  readonly gate: Kernel;
  readonly gateGradient: Kernel;
  readonly residual: Kernel;
  readonly residualGradient: Kernel;
  readonly reverse: Kernel;
  readonly reverseGradient: Kernel;
  readonly pool: Kernel;
  readonly poolGradient: Kernel;
  readonly lookup: Kernel;
  readonly lookupGradient: Kernel;
  readonly batchSums: Kernel;
  readonly batchNorm: Kernel;
  readonly batchNormSums: Kernel;
  readonly batchNormGradient: Kernel;
  readonly layerNorm: Kernel;
  readonly layerNormGradient: Kernel;
  readonly affine: Kernel;
  readonly affineGradient: Kernel;
  readonly clipGradient: Kernel;
  readonly join: Kernel;
  readonly joinGradient: Kernel;
  readonly dequantize: Kernel;
}

let compiled: WebAssembly.Module | undefined;

/** The kernels on a memory. */
export function instantiateTrainKernels(memory: WebAssembly.Memory): TrainKernels {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BYTES, 'base64'));
  const abort = () => {
    throw new Error('a kernel aborted');
  };
  // The interface above is the list of exports of kernels/train.ts.
  const { exports } = new WebAssembly.Instance(compiled, { env: { abort, memory } });
  return exports as unknown as TrainKernels;
}
