import * as z from 'zod';
import { at, oneOrEach } from '../../base/at.js';
import type { FloatEmbed } from '../graph/types.js';
import type { EmbedNode } from '../types.js';
import { placesOf, sized, within } from './checks.js';
import { count, reader, words } from './fields.js';
import { scaled } from './scaled.js';
import { wholeRange } from './ranges.js';
import { floatInWords, perStep } from './relax.js';
import type { FloatTraces, OpSpec, Step, Trace } from './spec.js';

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
  weights: ({ table, length, format }, real) => ({
    ...{ whole: table, width: format.width, unit: 1 },
    real: real.table.map((value, i) => value / oneOrEach(format.scale, i % length)),
  }),
  float,
  relaxed: (node, real, reading, on) =>
    on.weights
      ? rowsOf(node, node.table, reading.trace(node.source))
      : floatInWords(node, real, reading, float),
} satisfies OpSpec<EmbedNode>;

function float(node: FloatEmbed, { trace }: FloatTraces): Float64Array {
  return rowsOf(node, node.table, trace(node.source));
}

/** The row of each step. */
function rowsOf(
  { rows, length }: Sized,
  table: Int32Array | Float64Array,
  { data }: Trace,
): Float64Array {
  return perStep(data.length, length, (k) => {
    const row = rowOf({ rows }, at(data, k));
    return table.subarray(row * length, (row + 1) * length);
  });
}

type Sized = Pick<EmbedNode, 'rows' | 'length'>;

/** An index beyond the rows takes the last of them. */
function rowOf({ rows }: Pick<EmbedNode, 'rows'>, index: number): number {
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
