import * as z from 'zod';
import { integer, oneOf, positive } from './fields.js';

const SEED_MAX = 2 ** 32 - 1;

const rate = (description: string) => z.number().min(0).max(10).describe(description);

/** Settings of `qs5 train`. The defaults are those of S5's own scripts where these have one. */
export const training = z
  .strictObject({
    forward: oneOf(
      ['float', 'integers'],
      'Network that training runs: the float network, or the integer network of this config, whose roundings the gradients pass.',
    ).default('float'),
    seed: integer(0, SEED_MAX, 'Seed of the order of the sequences and of the dropout.').default(1),
    epochs: integer(1, 100_000, 'Passes over the training data.', 20),
    batch: integer(1, 65_536, 'Sequences of one step.').default(50),
    threads: integer(
      1,
      256,
      'Threads that share each batch. Sums have the order of the threads, so another number gives other roundings.',
    ).default(2),
    rates: z
      .strictObject({
        ssm: rate('Peak learning rate of Lambda, B and log_step.').default(0.001),
        regular: rate('Peak learning rate of all other parameters.').default(0.004),
      })
      .prefault({})
      .describe('Learning rates of AdamW.'),
    weight_decay: z
      .number()
      .min(0)
      .max(10)
      .default(0.01)
      .describe('Decay of all parameters but Lambda, B and log_step, times their learning rate.'),
    warmup: z
      .number()
      .min(0)
      .max(100_000)
      .default(1)
      .describe('Epochs over which the learning rate rises to its peak; a cosine follows.'),
    floor: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Learning rate of the last step, as a share of the peak.'),
    dropout: z
      .number()
      .min(0)
      .max(0.95)
      .default(0)
      .describe('Share of the features that each step drops; 0 for forward: integers.'),
    momentum: z
      .number()
      .min(0)
      .max(0.999999)
      .default(0.95)
      .describe('Share of the old value in the running statistics of batch norms.'),
    clip_eigs: z
      .boolean()
      .default(true)
      .describe('true: Re Lambda is at most -1e-4, so that every pole is stable.'),
    clip_gradient: positive(
      1e-9,
      1e9,
      'Largest norm of the gradient of a step; longer gradients are scaled to it.',
    ).exactOptional(),
    patience: integer(
      1,
      100_000,
      'Epochs without a better validation after which training ends.',
      5,
    ).exactOptional(),
    validation: z
      .number()
      .min(0)
      .max(0.9)
      .default(0.1)
      .describe('Share of the calibration data that only validates. MNIST has a split of its own.'),
    loss: oneOf(
      ['cross_entropy', 'squared_error', 'smape'],
      'Loss: cross_entropy for labels; squared_error or smape for targets.',
    ).exactOptional(),
  })
  .superRefine((value, context) => {
    if (value.forward === 'float' || value.dropout === 0) return;
    context.addIssue({
      code: 'custom',
      path: ['dropout'],
      params: { hint: 'omit dropout.' },
      message: 'The integer network has no dropout.',
    });
  })
  .meta({ description: 'Settings of qs5 train; other commands ignore them.' });

export type TrainingConfig = z.infer<typeof training>;
