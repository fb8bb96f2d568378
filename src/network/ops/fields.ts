/** Schemas of the fields of nodes, as a network file has them. */
import * as z from 'zod';
import { ROUNDINGS } from '../../base/fixed/rounding.js';
import { PROVABLE_TENSORS, ROLES } from '../types.js';

export const id = z.string().regex(/^[a-z][a-z0-9_]*$/);
export const count = z.int().min(1);
export const shift = z.int().min(0).max(64);
export const width = z.int().min(1).max(64);
export const rounding = z.enum(ROUNDINGS);
export const integers = z.array(z.int()).min(1);
export const words = z.instanceof(Int32Array);

/** Fields of every node. */
export const base = {
  id,
  role: z.enum(ROLES),
  layer: z.int().min(0).exactOptional(),
  tensor: z.enum(PROVABLE_TENSORS).exactOptional(),
  length: count,
  format: z.strictObject({ width, scale: z.array(z.number().positive()).min(1) }),
  range: z.strictObject({ lo: z.int(), hi: z.int() }),
};

/** Fields of every node that reads another one. */
export const reader = { ...base, source: id };

/** Fields of every node that reads two others. */
export const readerOfTwo = { ...reader, input: id };
