import { Qs5Error } from '../../base/errors.js';
import { maxMagnitude } from '../../base/fixed/range.js';
import type { LookupNode, Node, NodeName } from '../types.js';
import type { NetworkBuilder } from './builder.js';
import { clippedPlaces } from './clipping.js';
import { functionOf, type LookupFunction } from '../ideal.js';
import { quantizeValue } from './scales.js';

/** Longest word that a table can be addressed with. */
const MAX_TABLE_BITS = 14;

/**
 * A function as a table over every code of its source.
 *
 * @throws E_WIDTH
 */
export function addLookup(
  builder: NetworkBuilder,
  name: NodeName,
  source: Node,
  which: LookupFunction,
  target: { readonly width: number; readonly scale: number },
): LookupNode {
  const node = lookupNode(name, source, functionOf(which), target);
  return builder.add(node, { kind: 'function', function: which });
}

function lookupNode(
  name: NodeName,
  source: Node,
  f: (x: number) => number,
  target: { readonly width: number; readonly scale: number },
): LookupNode {
  const bits = source.format.width;
  if (bits > MAX_TABLE_BITS) {
    throw new Qs5Error('E_WIDTH', {
      subject: name.id,
      message: `A table over ${bits} bits has ${2 ** bits} entries; up to ${MAX_TABLE_BITS} bits are built.`,
      hint: 'use fewer bits for non_ssm_act.',
    });
  }
  const [scale = 1] = source.format.scale;
  const values = Float64Array.from({ length: 2 ** bits }, (_, code) =>
    f(Math.max(wordOf(code, bits), -maxMagnitude(bits)) * scale),
  );
  const table = Int32Array.from(values, (value) =>
    quantizeValue(value, target.scale, target.width),
  );
  const { lo: first, hi: last } = source.range;
  const clipped = clippedPlaces(
    values.map((value) => value / target.scale),
    target.width,
  )?.filter((code) => wordOf(code, bits) >= first && wordOf(code, bits) <= last);
  const lo = table.reduce((a, b) => Math.min(a, b));
  const hi = table.reduce((a, b) => Math.max(a, b));
  return {
    op: 'lookup',
    ...name,
    source: source.id,
    length: source.length,
    table,
    ...(clipped === undefined || clipped.length === 0 ? {} : { clipped }),
    format: { width: target.width, scale: [target.scale] },
    range: { lo, hi },
  };
}

/** The signed word of a code. */
function wordOf(code: number, bits: number): number {
  return code < 2 ** (bits - 1) ? code : code - 2 ** bits;
}
