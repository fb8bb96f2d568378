import type { ErrorCode } from '../../base/errors.js';
import { FLOAT_FORMATS, type ElementFormat } from './float_formats.js';
import { INTEGER_FORMATS } from './integer_formats.js';

/** Purpose of a safetensors file: allowed element types, and texts of its errors. */
export interface FileKind {
  /** Allowed element types, by name. */
  readonly formats: ReadonlyMap<string, ElementFormat>;
  /** Code for a broken container. */
  readonly containerCode: ErrorCode;
  /** Code for an unusable tensor. */
  readonly tensorCode: ErrorCode;
  /** Hint for a file of another format. */
  readonly foreign: string;
  /** Hint for an element type that is not allowed. */
  readonly otherType: string;
  /** Hint for a value that is not finite. */
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
  notFinite: 'the data have a gap: remove the sequence, or fill in the value.',
};

/** An integer network. */
export const NETWORK: FileKind = {
  formats: WITH_INTEGERS,
  containerCode: 'E_NETWORK',
  tensorCode: 'E_NETWORK',
  foreign: 'name a file from qs5 quantize.',
  otherType: 'write the file again with qs5 quantize.',
  notFinite: 'write the file again with qs5 quantize.',
};
