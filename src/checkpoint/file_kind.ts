import type { ErrorCode } from '../errors.js';
import { FLOAT_FORMATS, type ElementFormat } from './float_formats.js';
import { INTEGER_FORMATS } from './integer_formats.js';

/** What a safetensors file is read as: the types it may hold, and the words of its errors. */
export interface FileKind {
  /** Element types that the file may have, by name. */
  readonly formats: ReadonlyMap<string, ElementFormat>;
  /** Code of a container that is broken. */
  readonly containerCode: ErrorCode;
  /** Code of a tensor that cannot be used. */
  readonly tensorCode: ErrorCode;
  /** What to do about a file of another format. */
  readonly foreign: string;
  /** What to do about an element type that the file may not have. */
  readonly otherType: string;
  /** What to do about a value that is not finite. */
  readonly notFinite: string;
}

const WITH_INTEGERS = new Map([...FLOAT_FORMATS, ...INTEGER_FORMATS]);

/** Parameters of a float model. */
export const CHECKPOINT: FileKind = {
  formats: FLOAT_FORMATS,
  containerCode: 'E_CHECKPOINT_FORMAT',
  tensorCode: 'E_CHECKPOINT_TENSOR',
  foreign: 'a checkpoint is safetensors: write it with safetensors.numpy.save_file.',
  otherType: 'store the float parameters; qs5 quantises them itself.',
  notFinite: 'training diverged or the export is damaged: use an earlier checkpoint.',
};

/** Sequences with labels or targets. */
export const DATASET: FileKind = {
  formats: WITH_INTEGERS,
  containerCode: 'E_DATASET',
  tensorCode: 'E_DATASET',
  foreign: 'a dataset is safetensors: write it with safetensors.numpy.save_file.',
  otherType: 'store the tensor in one of these types.',
  notFinite: 'the data have a gap: leave the sequence out, or fill in the value.',
};

/** An integer network. */
export const NETWORK: FileKind = {
  formats: WITH_INTEGERS,
  containerCode: 'E_NETWORK',
  tensorCode: 'E_NETWORK',
  foreign: 'name a file that qs5 quantize wrote.',
  otherType: 'write the file again with qs5 quantize.',
  notFinite: 'write the file again with qs5 quantize.',
};
