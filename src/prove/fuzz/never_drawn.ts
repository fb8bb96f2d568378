import { statedFields } from '../../config/architecture_schema.js';

/** A value of the config, or another property, that no random design has, with the reason. */
export interface NeverDrawn {
  /** A key of the config with dots, optionally `=` and a value, or a description. */
  readonly what: string;
  readonly reason: string;
}

/** Keys and values of the config. A test compares the list with the schema. */
export const NEVER_DRAWN_KEYS: readonly NeverDrawn[] = [
  {
    what: 'model.checkpoint',
    reason: 'A random model comes from model.init. Checkpoints have their own tests.',
  },
  ...Object.keys(statedFields).map((key) => ({
    what: `model.${key}`,
    reason: 'It adds metadata that a checkpoint lacks. Random designs have no checkpoint.',
  })),
  {
    what: 'data.idx.calibration.labels',
    reason: 'Labels change no word. Only qs5 evaluate reads them.',
  },
  { what: 'data.idx.test.labels', reason: 'The same holds for labels of the test set.' },
  {
    what: 'data.tensors.calibration',
    reason: 'A safetensors file gives the same kind of words as data.synthetic.',
  },
  { what: 'data.tensors.test', reason: 'The same holds for the test set.' },
  {
    what: 'data.mnist.permuted',
    reason: 'A random design has pixels of its own in IDX files. MNIST would have to be fetched.',
  },
  {
    what: 'input=values',
    reason: 'It is the default, and generated as an absent key.',
  },
  { what: 'training', reason: 'qs5 train reads it, and no command that makes hardware.' },
  ...['lambda_form', 'layers.lambda_form'].map((key) => ({
    what: `${key}=anchored`,
    reason: 'No hardware has this form yet. tests/network/anchored.test.ts compares its emulators.',
  })),
];

/** Other properties, for a reader. */
export const NEVER_DRAWN_ELSE: readonly NeverDrawn[] = [
  {
    what: 'more than 3 layers, vectors above 72, inputs or outputs above 5',
    reason: 'An RTL simulation would take minutes. Shipped configs cover these sizes.',
  },
  {
    what: 'non_ssm_act above 11 bits in a whole network',
    reason: 'Activations address tables, whose size doubles with each bit.',
  },
  {
    what: 'an output every step of a bidirectional model; the core of a bidirectional layer',
    reason: 'Both are always refused with E_CONFIG_COMBINATION.',
  },
  {
    what: 'norms other than the identity, dense biases, weights after training',
    reason:
      'model.init has the initial values of S5. The quality models have random scales of weights.',
  },
  {
    what: 'one-hot input of a core, images into a core, one-hot images',
    reason: 'A core takes vectors of values. Images as indices are refused.',
  },
  {
    what: 'bits of an input slot above the word other than copies of its sign',
    reason:
      'The bench of a design packs copies of the sign. The bench of qs5_axis_in has any bits there.',
  },
  {
    what: 'aresetn low for less than 3 cycles',
    reason: 'The documented minimum is 3.',
  },
  {
    what: 'a reset that the source ignores: a sequence that continues in the middle',
    reason: 'After a reset the source continues with the next sequence.',
  },
  {
    what: 'a source that drops tvalid, or changes a waiting beat',
    reason: 'AXI4-Stream forbids it.',
  },
  {
    what: 'sequences of more than 24 steps in all but rare cases, or of more than 27',
    reason: 'Simulation time. Only lengths near max_length matter.',
  },
];
