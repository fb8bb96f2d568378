import { fullRange, signedWidth, unsignedWidth } from '../../base/fixed/range.js';
import { at } from '../../base/at.js';
import type { FloatEmbed, FloatInput } from '../graph/types.js';
import type { EmbedNode, InputNode } from '../types.js';
import { clippedPlaces } from './clipping.js';
import { placeOf, type Filling } from './filling.js';
import { quantizeValue } from './scales.js';
import { formatOf } from './slot_format.js';

/** The words at the pins. */
export function fillInput(node: FloatInput, { settings, reader }: Filling): InputNode {
  const { input } = settings;
  if (input.kind === 'one_hot') return indexNode(node, reader(node.id));
  const { width, scale, unsigned } = input;
  return {
    op: 'input',
    ...placeOf(node),
    length: node.length,
    format: { width, scale: [scale] },
    unsigned,
    // Whatever drives the pins may send the code that the quantiser never makes.
    range: unsigned ? { lo: 0, hi: 2 ** (width - 1) - 1 } : fullRange(width),
  };
}

/** Which of the rows of the embedding is one. */
function indexNode(
  node: FloatInput,
  embed: { readonly op: string; readonly rows?: number },
): InputNode {
  if (embed.rows === undefined) throw new Error(`an index enters ${embed.op}`);
  const hi = 2 ** unsignedWidth(embed.rows - 1) - 1;
  return {
    op: 'input',
    ...placeOf(node),
    length: 1,
    format: { width: signedWidth({ lo: 0, hi }), scale: [1] },
    unsigned: true,
    range: { lo: 0, hi },
  };
}

/** The table of the encoder of a one-hot input. */
export function fillEmbed(node: FloatEmbed, filling: Filling): EmbedNode {
  const source = filling.node(node.source);
  const format = formatOf(filling, node, source);
  const { width } = format;
  const scale = at(format.scale, 0);
  const real = node.table.map((value) => value / scale);
  const table = Int32Array.from(real, (value) => quantizeValue(value, 1, width));
  const clipped = clippedPlaces(real, width);
  return {
    op: 'embed',
    ...placeOf(node),
    source: source.id,
    length: node.length,
    rows: node.rows,
    table,
    ...(clipped === undefined ? {} : { clipped }),
    format,
    range: {
      lo: table.reduce((a, b) => Math.min(a, b)),
      hi: table.reduce((a, b) => Math.max(a, b)),
    },
  };
}
