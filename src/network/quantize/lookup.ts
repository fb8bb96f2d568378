import { at } from '../../base/at.js';
import { Qs5Error } from '../../base/errors.js';
import { maxMagnitude } from '../../base/fixed/range.js';
import { functionOf } from '../graph/function.js';
import type { FloatLookup } from '../graph/types.js';
import type { LookupNode } from '../types.js';
import { clippedPlaces } from './clipping.js';
import { placeOf, type Filling } from './filling.js';
import { quantizeValue } from './scales.js';
import { formatOf } from './slot_format.js';

/** Longest word that a table can be addressed with. */
const MAX_TABLE_BITS = 14;

/**
 * A function as a table over every code of its source.
 *
 * @throws E_WIDTH
 */
export function fillLookup(node: FloatLookup, filling: Filling): LookupNode {
  const source = filling.node(node.source);
  const format = formatOf(filling, node, source);
  const f = functionOf(node.function);
  const bits = source.format.width;
  if (bits > MAX_TABLE_BITS) {
    throw new Qs5Error('E_WIDTH', {
      subject: node.id,
      message: `A table over ${bits} bits has ${2 ** bits} entries; up to ${MAX_TABLE_BITS} bits are built.`,
      hint: 'use fewer bits for non_ssm_act.',
    });
  }
  const [scale, step] = [at(source.format.scale, 0), at(format.scale, 0)];
  const values = Float64Array.from({ length: 2 ** bits }, (_, code) =>
    f(Math.max(wordOf(code, bits), -maxMagnitude(bits)) * scale),
  );
  const table = Int32Array.from(values, (value) => quantizeValue(value, step, format.width));
  const { lo: first, hi: last } = source.range;
  const clipped = clippedPlaces(
    values.map((value) => value / step),
    format.width,
  )?.filter((code) => wordOf(code, bits) >= first && wordOf(code, bits) <= last);
  const lo = table.reduce((a, b) => Math.min(a, b));
  const hi = table.reduce((a, b) => Math.max(a, b));
  return {
    op: 'lookup',
    ...placeOf(node),
    source: source.id,
    length: source.length,
    table,
    ...(clipped === undefined || clipped.length === 0 ? {} : { clipped }),
    format,
    range: { lo, hi },
  };
}

/** The signed word of a code. */
function wordOf(code: number, bits: number): number {
  return code < 2 ** (bits - 1) ? code : code - 2 ** bits;
}
