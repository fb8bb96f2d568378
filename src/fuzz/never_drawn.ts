import { statedFields } from '../config/architecture_schema.js';

/** A value of the config, or something else, that no random design has, and why. */
export interface NeverDrawn {
  /** A key of the config with dots, with `=` one of its values; or words. */
  readonly what: string;
  readonly reason: string;
}

/** Keys of the config, and values of those with few. A test holds the list against the schema. */
export const NEVER_DRAWN_KEYS: readonly NeverDrawn[] = [
  {
    what: 'model.checkpoint',
    reason: 'A random model comes from model.init; checkpoints have tests of their own.',
  },
  ...Object.keys(statedFields).map((key) => ({
    what: `model.${key}`,
    reason: 'It states what the metadata of a checkpoint leave open.',
  })),
  {
    what: 'data.idx.calibration.labels',
    reason: 'Labels change no word; they are for qs5 evaluate.',
  },
  { what: 'data.idx.test.labels', reason: 'As those of the calibration set.' },
  {
    what: 'data.tensors.calibration',
    reason: 'The words of a safetensors file are of the kind of data.synthetic.',
  },
  { what: 'data.tensors.test', reason: 'As that of the calibration set.' },
  {
    what: 'input=values',
    reason: 'It is the default, and drawn as a key that is absent.',
  },
];

/** The rest of the space, for a reader: not keys of the config. */
export const NEVER_DRAWN_ELSE: readonly NeverDrawn[] = [
  {
    what: 'more than 3 layers; vectors above 72; inputs or outputs above 5',
    reason: 'An RTL simulation would take minutes; shipped configs have such sizes.',
  },
  {
    what: 'non_ssm_act above 11 bits in a whole network',
    reason: 'It addresses tables, whose size doubles with each bit.',
  },
  {
    what: 'an output every step of a bidirectional model; the core of a bidirectional layer',
    reason: 'Both are refused with E_CONFIG_COMBINATION, always.',
  },
  {
    what: 'norms other than the identity; dense biases; weights after training',
    reason: 'model.init starts as S5 does. Random scales of weights are in the quality models.',
  },
  {
    what: 'one-hot input of a core; images into a core; one-hot images',
    reason: 'A core takes vectors of values; images as indices are refused.',
  },
  {
    what: 'bits of an input slot above the word other than copies of its sign',
    reason: 'The bench packs words so; the bench of qs5_axis_in has any bits there.',
  },
  {
    what: 'aresetn low for less than 3 cycles',
    reason: 'The least that is documented is 3.',
  },
  {
    what: 'a reset that the source does not see: a sequence that goes on in the middle',
    reason: 'After a reset the source goes on with the next sequence.',
  },
  {
    what: 'a source that drops tvalid, or changes a beat that waits',
    reason: 'AXI4-Stream forbids it.',
  },
  {
    what: 'sequences of more than 24 steps in all but rare cases, or of more than 27',
    reason: 'Time; lengths matter only beside max_length.',
  },
];
