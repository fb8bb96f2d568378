import * as z from 'zod';
import { architectureFields, statedFields } from './architecture_schema.js';
import {
  acrossKeys,
  exactlyOne,
  fileName,
  integer,
  MAX_LAYERS,
  MAX_SIZE,
  oneOf,
  positive,
} from './fields.js';

const SEED_MAX = 2 ** 32 - 1;

const size = z.int().min(1).max(MAX_SIZE);

/** Limits on the time step: a slower pole is 1 in any word, a faster pole is 0. */
const MIN_STEP = 1e-12;
const MAX_STEP = 1e6;

/** A network from a seed instead of a checkpoint. */
const init = z
  .strictObject({
    scheme: oneOf(
      ['hippo'],
      'Initial poles: hippo is the HiPPO-N diagonal of the S5 paper.',
    ).default('hippo'),
    seed: integer(0, SEED_MAX, 'Seed of every random weight.').default(1),
    layers: integer(1, MAX_LAYERS, 'Number of S5 layers.', 2),
    features: integer(1, MAX_SIZE, 'Features per layer, H.', 32),
    state_size: integer(1, MAX_SIZE, 'Complex states kept per layer, P.', 16),
    blocks: integer(1, MAX_SIZE, 'HiPPO blocks; divides state_size.').default(1),
    inputs: integer(1, MAX_SIZE, 'Elements of one input vector.', 1),
    outputs: integer(1, MAX_SIZE, 'Elements of the output vector.', 10),
    activation: architectureFields.activation.default('half_glu1'),
    gelu: architectureFields.gelu.default('tanh'),
    sigmoid: architectureFields.sigmoid.default('exact'),
    norm: architectureFields.norm.default('batch'),
    norm_bias: z
      .boolean()
      .default(true)
      .describe('true: each layer norm has a bias. Batch norms always have a bias.'),
    norm_eps: architectureFields.norm_eps.exactOptional(),
    prenorm: architectureFields.prenorm.default(true),
    conj_sym: architectureFields.conj_sym.default(true),
    bidirectional: architectureFields.bidirectional.default(false),
    discretization: architectureFields.discretization.default('zoh'),
    pooling: architectureFields.pooling.default('mean'),
    step_rescale: architectureFields.step_rescale.default(1),
    c_init: oneOf(
      ['lecun_normal', 'trunc_standard_normal', 'complex_normal'],
      'Distribution of C, with its name in the S5 code.',
    ).default('lecun_normal'),
    dt_min: positive(MIN_STEP, MAX_STEP, 'Smallest random time step; less than dt_max.').default(
      0.001,
    ),
    dt_max: positive(MIN_STEP, MAX_STEP, 'Largest random time step.').default(0.1),
  })
  .superRefine(
    ...acrossKeys(z.object({ dt_min: z.number(), dt_max: z.number() }), (value, context) => {
      if (value.dt_min < value.dt_max) return;
      context.addIssue({
        code: 'custom',
        path: ['dt_min'],
        params: { hint: 'the defaults are 0.001 and 0.1.' },
        message: `dt_min is ${value.dt_min}, which is not less than dt_max, ${value.dt_max}.`,
      });
    }),
  )
  .superRefine(
    ...acrossKeys(z.object({ norm: z.string(), norm_bias: z.boolean() }), (value, context) => {
      if (value.norm_bias || value.norm !== 'batch') return;
      context.addIssue({
        code: 'custom',
        path: ['norm_bias'],
        params: { hint: 'use norm: layer, or omit norm_bias.' },
        message: 'Batch norms always have a bias. Only layer norms can omit it.',
      });
    }),
  )
  .superRefine(
    ...acrossKeys(z.object({ state_size: size, blocks: size }), (value, context) => {
      if (value.state_size % value.blocks === 0) return;
      context.addIssue({
        code: 'custom',
        path: ['blocks'],
        params: { hint: 'use a divisor of state_size.' },
        message: `${value.state_size} states do not divide into ${value.blocks} blocks.`,
      });
    }),
  )
  .describe('A network with random weights, to try sizes without a checkpoint.');

export type ModelInit = z.infer<typeof init>;

/** Architecture keys of a checkpoint in a config. */
export type StatedArchitecture = z.infer<z.ZodObject<typeof statedFields>>;

/** Source of the network: a checkpoint with its architecture keys, or an initialisation. */
export type ModelSource =
  | ({ readonly checkpoint: string; readonly init?: never } & Readonly<StatedArchitecture>)
  | { readonly init: ModelInit; readonly checkpoint?: never };

export const model = z
  .strictObject({
    checkpoint: fileName(
      'A trained network, .safetensors with the tensor names of the S5 code.',
      '../models/smnist-s5-2x32x16.safetensors',
    ).exactOptional(),
    init: init.exactOptional(),
    ...statedFields,
  })
  .superRefine(
    ...exactlyOne(['checkpoint', 'init'], ([one]) => ({
      message: `model needs exactly one of checkpoint and init; it has ${one === undefined ? 'neither' : 'both'}.`,
      hint: 'name a file in checkpoint, or describe a random network in init.',
    })),
  )
  .superRefine(
    ...acrossKeys(z.record(z.string(), z.unknown()), (value, context) => {
      if (value['init'] === undefined || value['checkpoint'] !== undefined) return;
      for (const key of Object.keys(statedFields).filter((one) => value[one] !== undefined)) {
        context.addIssue({
          code: 'custom',
          path: [key],
          params: { hint: key in architectureFields ? 'write it in init.' : 'omit it.' },
          message: `${key} is a key of a checkpoint, but model.init has none.`,
        });
      }
    }),
  )
  .transform((value): ModelSource => {
    const { checkpoint, init: made, ...rest } = value;
    // The checks above ensure exactly one of the two.
    if (checkpoint !== undefined) return { checkpoint, ...rest };
    if (made !== undefined) return { init: made };
    throw new Error('a model without a source passed its checks');
  })
  .meta({
    description:
      'The network: exactly one of checkpoint and init. Keys next to checkpoint add to its metadata.',
    examples: [{ checkpoint: '../models/smnist-s5-2x32x16.safetensors' }],
    oneOf: [{ required: ['checkpoint'] }, { required: ['init'] }],
  });
