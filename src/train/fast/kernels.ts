import { KERNEL_BYTES } from './kernel_bytes.js';

/** Addresses come first, then counts: rows, words of a row or words. */
type Kernel = (...numbers: number[]) => void;

/** Functions of kernels/train.ts, in the order of their arguments there. */
export interface TrainKernels {
  readonly memory: WebAssembly.Memory;
  readonly clear: Kernel;
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
}

let compiled: WebAssembly.Module | undefined;

/** The kernels with a memory of their own. */
export function instantiateTrainKernels(): TrainKernels {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BYTES, 'base64'));
  const abort = () => {
    throw new Error('a kernel aborted');
  };
  // The interface above is the list of exports of kernels/train.ts.
  return new WebAssembly.Instance(compiled, { env: { abort } }).exports as unknown as TrainKernels;
}
