/** The integer network as data that came from a file. */
import * as z from 'zod';
import { ROUNDINGS } from '../fixed/rounding.js';
import type { IntegerNetwork, Node } from './types.js';

const id = z.string().regex(/^[a-z][a-z0-9_]*$/);
const count = z.int().min(1);
const shift = z.int().min(0).max(64);
const width = z.int().min(1).max(64);
const rounding = z.enum(ROUNDINGS);
const integers = z.array(z.int()).min(1);
const words = z.instanceof(Int32Array);

const base = {
  id,
  length: count,
  format: z.strictObject({ width, scale: z.array(z.number().positive()).min(1) }),
  range: z.strictObject({ lo: z.int(), hi: z.int() }),
};
const reader = { ...base, source: id };

const lambda = z.discriminatedUnion('form', [
  z.strictObject({ form: z.literal('direct'), width, frac: shift, re: words, im: words }),
  z.strictObject({
    ...{ form: z.literal('delta'), width, frac: shift, re: words, im: words },
    ...{ reShift: words, imShift: words },
  }),
]);

const node: z.ZodType<Node> = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('input'), ...base, unsigned: z.boolean() }),
  z.strictObject({
    ...{ op: z.literal('embed'), ...reader, rows: count, table: words },
    clipped: words.exactOptional(),
  }),
  z.strictObject({
    ...{ op: z.literal('layer_norm'), ...reader, epsilon: z.bigint(), indexBits: shift },
    ...{ frac: shift, outFrac: shift, table: words, rounding },
  }),
  z.strictObject({ op: z.literal('reverse'), ...reader }),
  z.strictObject({ op: z.literal('join'), ...reader, input: id }),
  z.strictObject({
    ...{ op: z.literal('pool'), ...reader, mode: z.enum(['mean', 'first', 'last']), rounding },
  }),
  z.strictObject({
    ...{ op: z.literal('requantize'), ...reader, multiplier: integers, offset: integers },
    ...{ shift, rounding },
  }),
  z.strictObject({
    ...{ op: z.literal('matvec'), ...reader, cols: count, weights: words, weightWidth: width },
  }),
  z.strictObject({ op: z.literal('recurrence'), ...reader, lambda, rounding }),
  z.strictObject({
    ...{ op: z.literal('feedthrough'), ...reader, input: id, weights: words, weightWidth: width },
    ...{ sumShift: shift, productShift: shift },
  }),
  z.strictObject({
    ...{ op: z.literal('lookup'), ...reader, table: words, clipped: words.exactOptional() },
  }),
  z.strictObject({ op: z.literal('gate'), ...reader, input: id }),
  z.strictObject({ op: z.literal('residual'), ...reader, input: id }),
]);

export const networkSchema: z.ZodType<IntegerNetwork> = z.strictObject({
  name: z.string().min(1),
  nodes: z.array(node).min(2),
  output: id,
  maxLength: count.exactOptional(),
});
