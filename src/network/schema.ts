/** The integer network as data that came from a file. */
import * as z from 'zod';
import { at } from '../base/at.js';
import { count, id } from './ops/fields.js';
import { OPS } from './ops/table.js';
import type { IntegerNetwork, Node } from './types.js';

const schemas = Object.values(OPS).map(({ schema }) => schema);
const node: z.ZodType<Node> = z.discriminatedUnion('op', [at(schemas, 0), ...schemas.slice(1)]);

export const networkSchema: z.ZodType<IntegerNetwork> = z.strictObject({
  name: z.string().min(1),
  nodes: z.array(node).min(2),
  output: id,
  maxLength: count.exactOptional(),
});
