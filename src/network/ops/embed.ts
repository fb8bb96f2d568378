import * as z from 'zod';
import { at } from '../../base/at.js';
import type { EmbedNode } from '../types.js';
import { placesOf, sized, within } from './checks.js';
import { count, reader, words } from './fields.js';
import { oneOrEach, scaled } from './scaled.js';
import { wholeRange } from './ranges.js';
import { idealOf, perStep } from './relax.js';
import type { OpSpec, Step } from './spec.js';

/** y = row `source` of a table. */
export const embed = {
  schema: z.strictObject({
    ...{ op: z.literal('embed'), ...reader, role: z.literal('encoder'), rows: count },
    table: words,
    clipped: words.exactOptional(),
  }),
  sources: ({ source }) => [source],
  problem: ({ table, rows, length, range, clipped }) =>
    sized('table', table.length, rows * length) ??
    within('table', table, range) ??
    placesOf(table, clipped),
  elements: wholeRange,
  saturates: false,
  proved: ({ clipped }) => clipped === undefined,
  step,
  quantisers: ({ format }) => [{ what: 'weights', width: format.width }],
  readWeights: ({ table, length, format }) =>
    scaled(table, (i) => oneOrEach(format.scale, i % length)),
  weights: ({ table, format }, ideal) => ({
    ...{ whole: table, real: idealOf(ideal, 'weights').weights, width: format.width, unit: 1 },
  }),
  relaxed(node, ideal, { trace }, on) {
    const table = on.weights ? node.table : idealOf(ideal, 'weights').weights;
    const { length } = node;
    const { data } = trace(node.source);
    return perStep(data.length, length, (k) => {
      const row = rowOf(node, at(data, k));
      return table.subarray(row * length, (row + 1) * length);
    });
  },
} satisfies OpSpec<EmbedNode>;

/** An index beyond the rows takes the last of them. */
function rowOf({ rows }: EmbedNode, index: number): number {
  return index >= 0 && index < rows ? index : rows - 1;
}

function step(node: EmbedNode, onClip: () => void): Step {
  const { source, rows, length, table, clipped } = node;
  /** Entries of each row that were clipped. */
  const beyond = new Array<number>(rows).fill(0);
  clipped?.forEach((place) => {
    const row = Math.floor(place / length);
    beyond[row] = at(beyond, row) + 1;
  });
  return (vectors) => {
    const row = rowOf(node, at(vectors(source), 0));
    for (let n = at(beyond, row); n > 0; n--) onClip();
    return Float64Array.from(table.subarray(row * length, (row + 1) * length));
  };
}
