import { at, oneOrEach } from '../../base/at.js';
import { maxMagnitude } from '../../base/fixed/range.js';
import type { FloatFeedthrough, FloatMatvec, FloatRequantize } from '../graph/types.js';
import type { MatvecNode } from '../types.js';
import { drivingRows, rowsOf } from './compensate.js';
import { alignRows } from './feedthrough.js';
import { placeOf, type Filling } from './filling.js';
import { fitRows, matvecNode, rowScales } from './nodes.js';
import { largestSum } from './real_bounds.js';
import { lambdaOf, stateFormat } from './recurrence.js';
import type { Precision } from './settings.js';
import { formatOf } from './slot_format.js';

/**
 * A matrix, and the fit of the requantisation behind it. Where a weight row has a scale of its
 * own, that scale is made to fit an exact multiplier, so requantisation adds no error in gain.
 */
export function fillMatvec(node: FloatMatvec, filling: Filling): MatvecNode {
  const reader = filling.reader(node.id);
  if (reader.op === 'feedthrough') return fillOutput(node, reader, filling);
  if (reader.op !== 'requantize') throw new Error(`${reader.op} reads the sums of ${node.id}`);
  const { settings, fit } = filling;
  const { proof, scales } = settings;
  const source = filling.node(node.source);
  const width = weightWidth(node, settings.at(node.layer).precision);
  const lambda = drivenLambda(reader, filling);
  const rows = lambda === undefined ? rowsOf(node) : drivingRows(node, lambda.gain);
  const map = { source, reads: node.source, rows };
  const overWords = fit.rows(map, width);
  const bound = () =>
    largestSum(overWords, source, proof, (m) => Math.abs(oneOrEach(reader.offset, m)));
  const format =
    lambda === undefined
      ? formatOf(filling, reader, source, bound)
      : stateFormat(reader, overWords, source, lambda, filling);
  const rowFit = fitRows(rowScales(overWords, width, scales), format.scale, scales);
  const { matvec, missing } = matvecNode(fit, placeOf(node), map, overWords, rowFit.scale, width);
  filling.behind.set(node.id, { fit: rowFit, format, missing });
  return matvec;
}

/** Lambda-bar of the recurrence that B u drives; undefined for another requantisation. */
function drivenLambda({ slot }: FloatRequantize, filling: Filling) {
  if (slot.kind !== 'state') return undefined;
  const recurrence = filling.real(at(slot.covers, 0));
  if (recurrence.op !== 'recurrence') throw new Error(`B drives ${recurrence.op}`);
  return lambdaOf(recurrence, filling);
}

/** C, whose rows share their scales with D, and the requantisation behind both to y. */
function fillOutput(node: FloatMatvec, d: FloatFeedthrough, filling: Filling): MatvecNode {
  const y = filling.reader(d.id);
  if (y.op !== 'requantize') throw new Error(`${y.op} reads the sums of ${d.id}`);
  const { settings, fit } = filling;
  const { precision } = settings.at(node.layer);
  const { proof, scales } = settings;
  const [state, u] = [filling.node(node.source), filling.node(d.input)];
  const uScale = at(u.format.scale, 0);
  const map = { source: state, reads: node.source, rows: rowsOf(node) };
  // C over words: columns take the scale of their state.
  const rows = fit.rows(map, precision.c);
  const { alignment, wanted } = alignRows({
    rows: rowScales(rows, precision.c, scales),
    d: d.weights.map((value) => value * uScale),
    columns: state.length,
    widths: { c: precision.c, x: state.format.width, d: precision.d, u: u.format.width },
    scales,
  });
  const uLargest = maxMagnitude(u.format.width) * uScale;
  const bound = () => largestSum(rows, state, proof, (h) => Math.abs(at(d.weights, h)) * uLargest);
  const format = formatOf(filling, y, u, bound);
  const target = [at(format.scale, 0) * 2 ** alignment.sumShift];
  const rowFit = fitRows(wanted, target, scales);
  const place = placeOf(node);
  const { matvec, missing } = matvecNode(fit, place, map, rows, rowFit.scale, precision.c);
  filling.alignments.set(node.id, alignment);
  filling.behind.set(d.id, { fit: rowFit, format, missing });
  return matvec;
}

function weightWidth({ role }: FloatMatvec, { b, c, non_ssm }: Precision): number {
  switch (role) {
    case 'b':
      return b;
    case 'c':
      return c;
    case 'encoder':
    case 'value':
    case 'gate':
    case 'decoder':
      return non_ssm;
  }
}
