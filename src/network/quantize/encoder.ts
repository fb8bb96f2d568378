import { at } from '../../base/at.js';
import { fullRange, signedWidth, unsignedWidth } from '../../base/fixed/range.js';
import type { EmbedNode, InputNode, Node } from '../types.js';
import type { PreparedDense } from '../../float/s5/prepare.js';
import type { NetworkBuilder } from './builder.js';
import { clippedPlaces } from './clipping.js';
import { addDense, type DenseTarget } from './dense.js';
import { nameOf } from './names.js';
import { quantizeValue } from './scales.js';
import type { NetworkSettings } from './settings.js';

/** The input and the encoder, from the pins to the residual stream, which is returned. */
export function addEncoder(
  builder: NetworkBuilder,
  encoder: PreparedDense,
  residual: DenseTarget,
  { input, scales, encoder: width, rounding }: NetworkSettings,
): Node {
  if (input.kind === 'one_hot') {
    const index = builder.add(indexNode(encoder.inputs));
    const { inputs, outputs, weights, bias } = encoder;
    const table = Float64Array.from({ length: inputs * outputs }, (_, i) => {
      const [row, h] = [Math.floor(i / outputs), i % outputs];
      return (at(weights, h * inputs + row) + at(bias, h)) / residual.scale;
    });
    return builder.add(embedNode(encoder, index, table, residual), {
      kind: 'weights',
      weights: table,
    });
  }
  const values = builder.add<InputNode>({
    op: 'input',
    ...nameOf('input'),
    length: encoder.inputs,
    format: { width: input.width, scale: [input.scale] },
    unsigned: input.unsigned,
    // Whatever drives the pins may send the code that the quantiser never makes.
    range: input.unsigned ? { lo: 0, hi: 2 ** (input.width - 1) - 1 } : fullRange(input.width),
  });
  return addDense(builder, {
    role: 'encoder',
    dense: encoder,
    source: values,
    reads: { tensor: 'input' },
    target: residual,
    scales,
    weightWidth: width,
    rounding: rounding.requantize,
  });
}

/** Which of the `rows` inputs is one. */
function indexNode(rows: number): InputNode {
  const bits = unsignedWidth(rows - 1);
  const width = signedWidth({ lo: 0, hi: 2 ** bits - 1 });
  return {
    op: 'input',
    ...nameOf('input'),
    length: 1,
    format: { width, scale: [1] },
    unsigned: true,
    range: { lo: 0, hi: 2 ** bits - 1 },
  };
}

/** A one-hot vector picks a column of the kernel, so the product is the look-up of a row. */
function embedNode(
  { inputs, outputs }: PreparedDense,
  index: InputNode,
  real: Float64Array,
  { width, scale }: DenseTarget,
): EmbedNode {
  const table = Int32Array.from(real, (value) => quantizeValue(value, 1, width));
  const clipped = clippedPlaces(real, width);
  return {
    op: 'embed',
    ...nameOf('encoder'),
    source: index.id,
    length: outputs,
    rows: inputs,
    table,
    ...(clipped === undefined ? {} : { clipped }),
    format: { width, scale: [scale] },
    range: {
      lo: table.reduce((a, b) => Math.min(a, b)),
      hi: table.reduce((a, b) => Math.max(a, b)),
    },
  };
}
