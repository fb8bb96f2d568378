import * as z from 'zod';
import { fileName, integer, MAX_LAYERS, MAX_SIZE, oneOf, positive } from './fields.js';

const SEED_MAX = 2 ** 32 - 1;

/** A network made from a seed instead of read from a checkpoint. */
const init = z
  .strictObject({
    scheme: oneOf(
      ['hippo'],
      'How the poles are set: hippo is the HiPPO-N diagonal of the S5 paper.',
    ).default('hippo'),
    seed: integer(0, SEED_MAX, 'Seed of every random weight.').default(1),
    layers: integer(1, MAX_LAYERS, 'Number of S5 layers.', 2),
    features: integer(1, MAX_SIZE, 'Features per layer, H.', 32),
    state_size: integer(1, MAX_SIZE, 'Complex states kept per layer, P.', 16),
    blocks: integer(1, MAX_SIZE, 'HiPPO blocks; divides state_size.').default(1),
    inputs: integer(1, MAX_SIZE, 'Elements of one input vector.', 1),
    outputs: integer(1, MAX_SIZE, 'Elements of the output vector.', 10),
    activation: oneOf(
      ['full_glu', 'half_glu1', 'half_glu2', 'gelu'],
      'Activation after the SSM, named as in the S5 code.',
    ).default('half_glu1'),
    norm: oneOf(['batch', 'layer'], 'Normalisation of each layer.').default('batch'),
    norm_bias: z
      .boolean()
      .default(true)
      .describe('A bias in each layer norm; batch norms always have one.'),
    prenorm: z
      .boolean()
      .default(true)
      .describe('Normalise before the SSM, not after the residual.'),
    conj_sym: z
      .boolean()
      .default(true)
      .describe('States stand for conjugate pairs; one of two kept.'),
    bidirectional: z
      .boolean()
      .default(false)
      .describe('A second pass from the end of the sequence.'),
    discretization: oneOf(['zoh', 'bilinear'], 'From continuous to discrete time.').default('zoh'),
    pooling: oneOf(['mean', 'last', 'none'], 'How time steps become one output.').default('mean'),
    c_init: oneOf(
      ['lecun_normal', 'trunc_standard_normal', 'complex_normal'],
      'How C is drawn, named as in the S5 code.',
    ).default('lecun_normal'),
    dt_min: positive('Smallest time step drawn; less than dt_max.').default(0.001),
    dt_max: positive('Largest time step drawn.').default(0.1),
  })
  .superRefine((value, context) => {
    if (value.dt_min >= value.dt_max) {
      context.addIssue({
        code: 'custom',
        path: ['dt_min'],
        params: { hint: 'the defaults are 0.001 and 0.1.' },
        message: `dt_min is ${value.dt_min}, which is not less than dt_max, ${value.dt_max}.`,
      });
    }
    if (!value.norm_bias && value.norm === 'batch') {
      context.addIssue({
        code: 'custom',
        path: ['norm_bias'],
        params: { hint: 'use norm: layer, or leave norm_bias out.' },
        message: 'Batch norms always have a bias; only layer norms can be without.',
      });
    }
    if (value.state_size % value.blocks !== 0) {
      context.addIssue({
        code: 'custom',
        path: ['blocks'],
        params: { hint: 'use a divisor of state_size.' },
        message: `${value.state_size} states do not divide into ${value.blocks} blocks.`,
      });
    }
  })
  .describe('A network with random weights, for trying sizes without a checkpoint.');

export type ModelInit = z.infer<typeof init>;

/** Where the network comes from: exactly one of the two is there. */
export type ModelSource =
  | { readonly checkpoint: string; readonly init?: never }
  | { readonly init: ModelInit; readonly checkpoint?: never };

export const model = z
  .strictObject({
    checkpoint: fileName(
      'A trained network, .safetensors with the tensor names of the S5 code.',
      '../models/smnist-s5-2x32x16.safetensors',
    ).exactOptional(),
    init: init.exactOptional(),
  })
  .transform((value, context): ModelSource => {
    const { checkpoint, init: made } = value;
    if (checkpoint !== undefined && made === undefined) return { checkpoint };
    if (checkpoint === undefined && made !== undefined) return { init: made };
    context.issues.push({
      code: 'custom',
      input: value,
      params: { hint: 'name a file in checkpoint, or describe a random network in init.' },
      message: `model needs exactly one of checkpoint and init; it has ${made ? 'both' : 'neither'}.`,
    });
    return z.NEVER;
  })
  .meta({
    description: 'The network: exactly one of checkpoint and init.',
    examples: [{ checkpoint: '../models/smnist-s5-2x32x16.safetensors' }],
    oneOf: [{ required: ['checkpoint'] }, { required: ['init'] }],
  });
