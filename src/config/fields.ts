import * as z from 'zod';
import { ROUNDINGS } from '../base/fixed/rounding.js';

/** Largest number of layers and largest vector length a config may name. */
export const MAX_LAYERS = 64;
export const MAX_SIZE = 4096;

/** An integer in [min, max] with description and example for an editor. */
export function integer(min: number, max: number, description: string, example?: number) {
  return z
    .int()
    .min(min)
    .max(max)
    .meta({ description, ...(example === undefined ? {} : { examples: [example] }) });
}

/**
 * A positive number in [min, max]. Both bounds keep products and quotients of two values inside the
 * range of a float.
 */
export function positive(min: number, max: number, description: string, example?: number) {
  return z
    .number()
    .min(min)
    .max(max)
    .meta({ description, ...(example === undefined ? {} : { examples: [example] }) });
}

/** A word of a closed list. */
export function oneOf<const T extends readonly string[]>(words: T, description: string) {
  return z.enum(words).describe(description);
}

/** The name of a file, relative to the folder of the config. */
export function fileName(description: string, example: string) {
  return z
    .string()
    .min(1)
    .meta({ description: `${description} Relative to this file.`, examples: [example] });
}

/** A word length in bits, 2..24. */
export function bits(description: string, example = 8) {
  return integer(2, 24, `${description} Bits, 2 to 24.`, example);
}

export const LAMBDA_FORMS = ['direct', 'delta', 'anchored'] as const;

/** The word lengths of section 2 of the number contract, by name. */
export const precisionFields = {
  a: bits('Lambda-bar, the poles of the recurrence.'),
  b: bits('B-bar, the input matrix.'),
  c: bits('C-tilde, the output matrix.'),
  d: bits('D, the feedthrough vector.'),
  non_ssm: bits('Weights outside the SSM: encoder, gate, decoder.'),
  ssm_act: bits('The state at the input of C.'),
  non_ssm_act: bits('Activations: u, y, GELU, gate.'),
  state: bits('The state register.', 16),
  residual: bits('The residual stream between layers.', 16),
};

/** The word lengths of one layer, each optional: only the differences. */
export const precisionOverrides = {
  a: precisionFields.a.exactOptional(),
  b: precisionFields.b.exactOptional(),
  c: precisionFields.c.exactOptional(),
  d: precisionFields.d.exactOptional(),
  non_ssm: precisionFields.non_ssm.exactOptional(),
  ssm_act: precisionFields.ssm_act.exactOptional(),
  non_ssm_act: precisionFields.non_ssm_act.exactOptional(),
  state: precisionFields.state.exactOptional(),
  residual: precisionFields.residual.exactOptional(),
} satisfies Record<keyof typeof precisionFields, unknown>;

export const lambdaForm = oneOf(
  LAMBDA_FORMS,
  'Form of the stored Lambda-bar: direct is a fraction, delta is 1 - Lambda-bar with an exponent per state. Slow poles need delta, or a wide precision.a. anchored is the distance from the best of 0, 1, -1, i and -i; no hardware has it yet.',
).meta({ examples: ['direct'] });

export const loopRounding = oneOf(
  ROUNDINGS,
  'Rounding of the new state. half_even and half_up have the smallest error. toward_zero loses up to 1 / (1 - |lambda|) LSB of a slow state at any input, but decays to exactly zero without input.',
);

export const requantizeRounding = oneOf(
  ROUNDINGS,
  'Rounding at each narrower format outside the loop.',
);

/**
 * Arguments of `superRefine` for a check across keys that runs even if other keys are wrong.
 *
 * @param parts The part of the value that the check reads. Without it the check is skipped.
 */
export function acrossKeys<Parts extends z.ZodType>(
  parts: Parts,
  check: (value: z.output<Parts>, context: z.core.$RefinementCtx) => void,
) {
  return [
    (value: unknown, context: z.core.$RefinementCtx) => {
      const read = parts.safeParse(value);
      if (read.success) check(read.data, context);
    },
    { when: () => true },
  ] as const;
}

/** A check that a mapping has exactly one of some keys. */
export function exactlyOne(
  keys: readonly string[],
  problem: (given: readonly string[]) => Problem,
) {
  return acrossKeys(z.record(z.string(), z.unknown()), (value, context) => {
    const given = keys.filter((key) => value[key] !== undefined);
    if (given.length === 1) return;
    const { message, hint } = problem(given);
    context.addIssue({ code: 'custom', path: [], message, params: { hint } });
  });
}

interface Problem {
  readonly message: string;
  readonly hint: string;
}
