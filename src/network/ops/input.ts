import * as z from 'zod';
import type { InputNode } from '../types.js';
import { base } from './fields.js';
import { wholeRange } from './ranges.js';
import type { OpSpec } from './spec.js';

/** The vector that enters the network. */
export const input = {
  schema: z.strictObject({ op: z.literal('input'), ...base, unsigned: z.boolean() }),
  sources: () => [],
  problem: () => undefined,
  elements: wholeRange,
  saturates: false,
  // Words are made of real values before the pins, at a scale that calibration chose; pixels and
  // indices come as they are.
  proved: ({ unsigned }) => unsigned,
  // The vector comes from outside the step.
  step:
    ({ id }) =>
    (vectors) =>
      vectors(id),
  // An index, and a pixel, are exact.
  quantisers: ({ unsigned, format }) => (unsigned ? [] : [{ what: 'words', width: format.width }]),
  readWeights: () => undefined,
  weights: () => undefined,
  float: (_node, { input: values }) => values,
  relaxed: (_node, _real, { input: { words, values } }, on) => (on.words ? words : values),
} satisfies OpSpec<InputNode>;
