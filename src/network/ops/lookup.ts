import * as z from 'zod';
import { at } from '../../base/at.js';
import { maxMagnitude } from '../../base/fixed/range.js';
import { applyAll } from '../../float/s5/activation.js';
import { functionOf } from '../graph/function.js';
import type { FloatLookup } from '../graph/types.js';
import type { LookupNode } from '../types.js';
import { alike, placesOf, sized, within } from './checks.js';
import { reader, words } from './fields.js';
import { wholeRange } from './ranges.js';
import { clip, floatInWords, rounded } from './relax.js';
import type { FloatTraces, OpSpec, Step } from './spec.js';

/** y = table[x]: any function of one word. */
export const lookup = {
  schema: z.strictObject({
    ...{ op: z.literal('lookup'), ...reader, table: words, clipped: words.exactOptional() },
  }),
  sources: ({ source }) => [source],
  problem(node, nodeOf) {
    const source = nodeOf(node.source);
    return (
      alike(node, source) ??
      sized('table', node.table.length, 2 ** source.format.width) ??
      within('table', node.table, node.range) ??
      placesOf(node.table, node.clipped)
    );
  },
  elements: wholeRange,
  saturates: false,
  proved: ({ clipped }) => clipped === undefined,
  step,
  quantisers: ({ format }) => [{ what: 'words', width: format.width }],
  readWeights: () => undefined,
  weights: () => undefined,
  float,
  relaxed(node, real, reading, on) {
    if (!on.words) return floatInWords(node, real, reading, float);
    const f = functionOf(real.function);
    const sourceScale = at(reading.node(node.source).format.scale, 0);
    const scale = at(node.format.scale, 0);
    const max = maxMagnitude(node.format.width);
    const codes = node.table.length;
    return reading
      .trace(node.source)
      .data.map((word) =>
        Number.isInteger(word) && Math.abs(word) < codes / 2
          ? at(node.table, codeOf(word, codes))
          : clip(rounded(f(word * sourceScale) / scale, 'half_even'), max),
      );
  },
} satisfies OpSpec<LookupNode>;

function float(node: FloatLookup, { trace }: FloatTraces): Float64Array {
  return applyAll(trace(node.source).data, functionOf(node.function));
}

/** The place of a signed word in a table over every code. */
function codeOf(word: number, codes: number): number {
  return word < 0 ? word + codes : word;
}

function step({ source, table, clipped }: LookupNode, onClip: () => void): Step {
  const codes = table.length;
  const beyond = new Set(clipped);
  return (vectors) =>
    vectors(source).map((word) => {
      const code = codeOf(word, codes);
      if (beyond.has(code)) onClip();
      return at(table, code);
    });
}
