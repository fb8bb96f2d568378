/**
 * The config file, in YAML and in the rest of qs5.
 *
 * One zod schema gives the checks, the TypeScript type and the JSON Schema for editors.
 */
import * as z from 'zod';
import {
  acrossKeys,
  integer,
  lambdaForm,
  loopRounding,
  MAX_LAYERS,
  oneOf,
  positive,
  precisionFields,
  precisionOverrides,
  requantizeRounding,
} from './fields.js';
import { data } from './data_schema.js';
import { folding, sharing, target } from './folding_schema.js';
import { model } from './model_schema.js';
import { training } from './training_schema.js';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/)
  .max(60)
  .meta({
    description:
      'Name of the design: up to 60 lower-case letters, digits, _ and -, starting with a letter. The top module is qs5_<name>, with - replaced by _.',
    examples: ['smnist-ssm'],
  });

const scope = z.union([
  z.literal('network'),
  z.strictObject({
    ssm_core: integer(
      0,
      MAX_LAYERS - 1,
      'Layer of the SSM core that becomes hardware, counted from 0.',
      0,
    ),
  }),
]);

const calibration = z.strictObject({
  sequences: integer(1, 1_000_000, 'Number of sequences for calibration.', 16),
  method: oneOf(
    ['abs_max', 'percentile', 'mse'],
    'Range of an activation from its observed values: abs_max is the largest magnitude, percentile covers a share of the values, mse has the least squared error of the words. States and the residual stream always use the largest magnitude.',
  ).meta({ examples: ['abs_max'] }),
  percentile: z
    .number()
    .min(50)
    .max(100)
    .default(99.99)
    .describe('Percentage of values without clipping; for method: percentile.'),
  weights: oneOf(
    ['nearest', 'reconstruct'],
    'Rounding of weights: nearest rounds each alone; reconstruct fits them together, so that they compensate earlier errors on the calibration sequences.',
  ).default('nearest'),
  bias_correction: z
    .boolean()
    .default(false)
    .describe('true: offsets compensate the mean error on the calibration sequences.'),
  proved: z
    .array(z.enum(['u', 'states', 'y', 'gate', 'value', 'output']))
    .default([])
    .describe(
      'Tensors with a range from a bound over all inputs and the longest sequence, instead of the observed values. They never clip, and have a coarser step.',
    ),
  margin: positive(1 / 1024, 1024, 'Factor on every calibrated range, 1/1024 to 1024.').default(1),
});

const functions = z.strictObject({
  gelu: oneOf(
    ['exact', 'tanh', 'erf', 'q_gelu'],
    'GELU of the hardware: exact (the form of the checkpoint, tanh or erf), tanh, erf, or q_gelu: x clip(x + 2, 0, 4) / 4.',
  ).exactOptional(),
  sigmoid: oneOf(
    ['exact', 'hard'],
    'Sigmoid of the gate: exact, or hard: clip(x + 3, 0, 6) / 6.',
  ).exactOptional(),
});

const scales = z.strictObject({
  kind: oneOf(
    ['real', 'power_of_two'],
    'Form of scales: integer multiplier and shift, or shift only.',
  ).default('real'),
  weights: oneOf(['per_tensor', 'per_channel'], 'One weight scale per tensor, or per row.').default(
    'per_channel',
  ),
  weight_range: oneOf(
    ['abs_max', 'mse'],
    'Range of a weight scale: abs_max covers the largest weight, mse has the least squared error.',
  ).default('abs_max'),
  balanced_states: z
    .boolean()
    .default(true)
    .describe('true: a power-of-two scale per state, so that each state fills its register.'),
  multiplier_bits: integer(4, 24, 'Word length of a requantising multiplier, 4 to 24.').default(16),
});

const layerOverride = z
  .strictObject({
    layer: integer(0, MAX_LAYERS - 1, 'Layer of this entry, counted from 0.', 0),
    precision: z
      .strictObject(precisionOverrides)
      .exactOptional()
      .describe('Word lengths that differ in this layer.'),
    lambda_form: lambdaForm.exactOptional(),
    rounding: z
      .strictObject({
        loop: loopRounding.exactOptional(),
        requantize: requantizeRounding.exactOptional(),
      })
      .exactOptional()
      .describe('Roundings that differ in this layer.'),
  })
  .describe('Differences of one layer.');

/** Places where a config names layers by index, from a config that may have other faults. */
const layerIndices = z.object({
  model: z
    .object({
      init: z
        .object({ layers: z.int().min(1) })
        .optional()
        .catch(undefined),
    })
    .catch({ init: undefined }),
  scope: z
    .object({ ssm_core: z.int().min(0) })
    .optional()
    .catch(undefined),
  layers: z
    .array(
      z
        .object({ layer: z.int().min(0) })
        .optional()
        .catch(undefined),
    )
    .catch([]),
});

/** A config with images for a one-hot input. */
const imageIndices = z.object({
  input: z.literal('one_hot'),
  data: z
    .object({ idx: z.unknown(), mnist: z.unknown() })
    .partial()
    .refine(({ idx, mnist }) => idx !== undefined || mnist !== undefined),
});

export const configSchema = z
  .strictObject({
    name,
    model,
    scope: scope.meta({
      description:
        'Part that becomes hardware: network, or { ssm_core: 0 } for the SSM core of a layer.',
      examples: [{ ssm_core: 0 }],
    }),
    data,
    input: oneOf(
      ['values', 'one_hot'],
      'Input of each step: a vector of values, or one_hot, the index of the only input that is 1.',
    ).default('values'),
    max_length: integer(
      1,
      1_000_000,
      'Longest sequence for the hardware, in steps; default: the length of the test data.',
    ).exactOptional(),
    functions: functions
      .prefault({})
      .describe('Nonlinear functions; default: those of the checkpoint, else exact.'),
    calibration: calibration.describe('Ranges of the activations.'),
    precision: z.strictObject(precisionFields).describe('Word lengths, bits; all are required.'),
    lambda_form: lambdaForm,
    poles: oneOf(
      ['nearest', 'impulse'],
      'Rounding of a pole to a stable neighbour: nearest, or impulse for the nearest impulse response over a sequence, up to a factor that B absorbs.',
    ).default('impulse'),
    rounding: z
      .strictObject({
        loop: loopRounding.default('half_even'),
        requantize: requantizeRounding.default('half_even'),
      })
      .prefault({})
      .describe('Rounding inside the recurrence and elsewhere.'),
    scales: scales.prefault({}).describe('Integer form of real scales.'),
    layers: z.array(layerOverride).default([]).describe('Overrides, one entry per layer index.'),
    training: training.exactOptional(),
    folding,
    target: target.exactOptional(),
    sharing,
    device: z
      .string()
      .min(1)
      .meta({
        description: 'The FPGA: the name of a file in configs/devices, without .yaml.',
        examples: ['xc7a35t'],
      }),
  })
  .superRefine(
    ...acrossKeys(layerIndices, ({ model: { init }, scope: part, layers }, context) => {
      const tooHigh = (layer: number, path: (string | number)[]) => {
        if (init === undefined || layer < init.layers) return;
        const message = `No layer ${layer}: the model has ${init.layers}, counted from 0.`;
        const hint = init.layers === 1 ? 'use 0.' : `use 0 to ${init.layers - 1}.`;
        context.addIssue({ code: 'custom', path, message, params: { hint } });
      };
      if (part !== undefined) tooHigh(part.ssm_core, ['scope', 'ssm_core']);
      layers.forEach((entry, i) => {
        if (entry === undefined) return;
        const { layer } = entry;
        tooHigh(layer, ['layers', i, 'layer']);
        const first = layers.findIndex((other) => other?.layer === layer);
        if (first === i) return;
        const message = `Layer ${layer} already has an entry, layers[${first}].`;
        const params = { hint: 'merge the two entries.' };
        context.addIssue({ code: 'custom', path: ['layers', i, 'layer'], message, params });
      });
    }),
  )
  .superRefine(
    ...acrossKeys(imageIndices, (_, context) => {
      context.addIssue({
        code: 'custom',
        path: ['input'],
        message: 'Images give one value per step, not an index.',
        params: { hint: 'use data: { synthetic: ... }, or input: values.' },
      });
    }),
  );

/** A checked config with every default filled in; keys as in the YAML. */
export type Config = z.infer<typeof configSchema>;

/** Word lengths in bits, 2..24, by the names of the number contract. */
export type Precision = Config['precision'];

export type Rounding = Config['rounding'];

export type LambdaForm = Config['lambda_form'];

export type Folding = Config['folding'];
